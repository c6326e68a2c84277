import { CheckOutlined } from "@ant-design/icons";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import type { Step } from "@/pages/track/steps";
import { clock, day } from "@/pages/track/times";
import { words } from "@/pages/track/words";
import { useWords } from "@/words/words";

const DOT = 22;

/** How far the order is, on a line. */
export function Progress({ steps }: { steps: readonly Step[] }) {
  const look = useLook();
  const t = useWords(words);
  const { language } = usePreferences();
  if (steps.length === 0) return null;
  const { success } = look.tone;
  return (
    <ol
      aria-label={t("progress")}
      style={{ display: "flex", listStyle: "none", margin: "20px 0 0", padding: 0, gap: 4 }}
    >
      {steps.map(({ name, state, at }, i) => {
        const reached = state !== "next";
        return (
          <li
            key={name}
            aria-current={state === "now" ? "step" : undefined}
            style={{ flex: 1, position: "relative", textAlign: "center", fontSize: 13, lineHeight: 1.35 }}
          >
            {i > 0 && (
              <i
                aria-hidden
                style={{
                  position: "absolute",
                  top: DOT / 2 - 1,
                  insetInlineStart: `calc(-50% + ${DOT / 2}px)`,
                  width: `calc(100% - ${DOT}px)`,
                  height: 2,
                  background: reached ? success.mark : look.border,
                }}
              />
            )}
            <span
              aria-hidden
              style={{
                display: "inline-flex",
                alignItems: "center",
                justifyContent: "center",
                width: DOT,
                height: DOT,
                boxSizing: "border-box",
                borderRadius: DOT / 2,
                fontSize: 12,
                color: look.surface,
                background: state === "done" ? success.mark : look.surface,
                border: `2px solid ${reached ? success.mark : look.border}`,
              }}
            >
              {state === "done" && <CheckOutlined />}
              {state === "now" && (
                <i style={{ width: 10, height: 10, borderRadius: 5, background: success.mark }} />
              )}
            </span>
            <div
              style={{
                marginTop: 4,
                fontWeight: state === "now" ? 600 : 400,
                color: reached ? look.text : look.muted,
              }}
            >
              {t(name)}
              <span className="ms-hidden">, {t(state)}</span>
            </div>
            {at !== undefined && (
              <time className="num muted" dateTime={at} style={{ fontSize: 12, whiteSpace: "normal" }}>
                {day(at, language)}
                <br />
                {clock(at, language)}
              </time>
            )}
          </li>
        );
      })}
    </ol>
  );
}
