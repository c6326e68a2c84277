import { Timeline as AntTimeline } from "antd";
import { facts } from "@/pages/orders/facts";
import { useHere } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import { Time } from "@/ui/Figures";
import { useWords } from "@/words/words";

/** What happened, newest last, with who did it and, for a location's step, where. */
export function Timeline() {
  const t = useWords(words);
  const word = useWords(facts);
  const { order, names } = useHere();
  const who = (actor: string) => {
    const name = order.actors?.[actor];
    if (name !== undefined) return name;
    if (actor.startsWith("key:")) return t("a_key");
    return actor.startsWith("person:") ? t("by_colleague") : t("by_system");
  };
  const placeOf = (kind: string, number: number | null) => {
    if (number === null) return undefined;
    return kind.startsWith("return.")
      ? order.returns.find((one) => one.number === number)?.location
      : order.fulfilment_orders.find(({ id }) => id.endsWith(`-${number}`))?.location;
  };
  return (
    <AntTimeline
      style={{ marginTop: 4 }}
      items={order.history.map((step, at) => {
        const place = placeOf(step.kind, step.number);
        return {
          key: at,
          content: (
            <div style={{ lineHeight: 1.5 }}>
              <div>
                {step.kind in facts.en ? word(step.kind as keyof typeof facts.en) : <code>{step.kind}</code>}
                {place !== undefined && <span className="muted"> · {names.place(place)}</span>}
              </div>
              <div className="muted" style={{ fontSize: 13 }}>
                <Time at={step.at} precision="second" zone={names.zone(place)} /> ·{" "}
                {t("by", { who: who(step.actor) })}
              </div>
            </div>
          ),
        };
      })}
    />
  );
}
