import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import type { Tracking } from "@/pages/track/steps";
import { words } from "@/pages/track/words";
import { quantity } from "@/ui/format";
import { useWords } from "@/words/words";

type Line = Tracking["lines"][number];

/** What was ordered, by name. */
export function Items({ lines }: { lines: readonly Line[] }) {
  const t = useWords(words);
  const look = useLook();
  const { language } = usePreferences();
  const unitsOf = (line: Line, units: number) => quantity(units / line.scale, language, 3);
  return (
    <section aria-labelledby="items" style={cardOf(look)}>
      <h2 id="items" style={HEADING}>
        {t("items")}
      </h2>
      <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {lines.map((line, i) => {
          const gone = line.cancelled >= line.quantity;
          const replaced = lines.find((other) => other.line === line.substitute_for);
          return (
            <li
              key={line.line}
              style={{
                display: "flex",
                gap: 12,
                justifyContent: "space-between",
                padding: "10px 0",
                borderTop: i === 0 ? undefined : `1px solid ${look.line}`,
              }}
            >
              <div style={{ minWidth: 0, overflowWrap: "anywhere" }}>
                <div
                  className={gone ? "muted" : undefined}
                  style={{ textDecoration: gone ? "line-through" : undefined }}
                >
                  {line.name}
                </div>
                <div className="muted" style={{ fontSize: 13 }}>
                  {[
                    line.cancelled > 0 && t("quantity_cancelled", { count: unitsOf(line, line.cancelled) }),
                    line.returned > 0 && t("quantity_returned", { count: unitsOf(line, line.returned) }),
                    replaced !== undefined && t("substitute", { name: replaced.name }),
                  ]
                    .filter((text) => text !== false)
                    .join(" · ")}
                </div>
              </div>
              <span className="num">× {unitsOf(line, line.quantity)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export const cardOf = (look: ReturnType<typeof useLook>) => ({
  padding: 16,
  borderRadius: 12,
  background: look.surface,
  border: `1px solid ${look.line}`,
});

export const HEADING = { margin: "0 0 4px", fontSize: 16, fontWeight: 600 } as const;
