import { useLook } from "@/app/look";
import type { Tone } from "@/theme";
import { useCommon, wordFor } from "@/words/common";

const TONES: Record<string, Tone> = {
  placed: "info",
  approved: "info",
  completed: "success",
  cancelled: "neutral",
  open: "info",
  in_progress: "progress",
  on_hold: "warning",
  closed: "success",
  rejected: "danger",
  requested: "info",
  accepted: "progress",
  received: "success",
  picked: "progress",
  packed: "progress",
  shipped: "success",
  delivered: "success",
  ready_for_pickup: "warning",
  handed_over: "success",
  expired: "danger",
  held: "info",
  confirmed: "success",
  released: "neutral",
  in_transit: "progress",
  pending: "info",
  failed: "danger",
};

export const toneOf = (state: string): Tone => TONES[state] ?? "neutral";

/** A state in words and in its tone. */
export function StateTag({ state, text, tone }: { state: string; text?: string; tone?: Tone }) {
  const t = useCommon();
  const look = useLook();
  const { text: ink, fill, mark } = look.tone[tone ?? toneOf(state)];
  return (
    <span
      style={{
        display: "inline-flex",
        alignItems: "center",
        gap: 6,
        padding: "0 8px",
        borderRadius: 4,
        fontSize: 12,
        lineHeight: "20px",
        whiteSpace: "nowrap",
        color: ink,
        background: fill,
      }}
    >
      <i aria-hidden style={{ width: 6, height: 6, borderRadius: 3, background: mark }} />
      {text ?? wordFor(t, "state", state)}
    </span>
  );
}
