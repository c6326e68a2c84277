import { useLook } from "@/app/look";
import type { Connection } from "@/ui/stream";
import { useCommon } from "@/words/common";

/** Whether what is shown follows what happens. */
export function LiveBadge({ connection }: { connection: Connection }) {
  const t = useCommon();
  const look = useLook();
  const tone = { open: "success", connecting: "neutral", lost: "warning" } as const;
  const text = { open: t("live"), connecting: t("connecting"), lost: t("connection_lost") };
  return (
    <span
      role="status"
      style={{ display: "inline-flex", alignItems: "center", gap: 6, color: look.muted, fontSize: 13 }}
    >
      <i
        aria-hidden
        style={{ width: 8, height: 8, borderRadius: 4, background: look.tone[tone[connection]].mark }}
      />
      {text[connection]}
    </span>
  );
}
