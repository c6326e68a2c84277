import { Flex } from "antd";
import { ReturnActions } from "@/pages/orders/actions/Buttons";
import type { Return } from "@/pages/orders/order";
import { useAnchor } from "@/pages/orders/useAnchor";
import { useHere } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import { Money, Quantity, Time } from "@/ui/Figures";
import { StateTag } from "@/ui/StateTag";
import { useWords } from "@/words/words";

export function Returns() {
  const { order } = useHere();
  return (
    <Flex vertical gap={12}>
      {order.returns.map((back) => (
        <One key={back.number} back={back} />
      ))}
    </Flex>
  );
}

function One({ back }: { back: Return }) {
  const t = useWords(words);
  const { order, names } = useHere();
  const id = `return-${back.number}`;
  return (
    <article ref={useAnchor(id)} id={id} tabIndex={-1}>
      <Flex wrap gap={8} align="center">
        <StateTag state={back.state} />
        <span>{t("back_at", { place: names.place(back.location) })}</span>
        <Time at={back.requested_at} zone={names.zone(back.location)} />
      </Flex>
      <ul style={{ margin: "4px 0", paddingInlineStart: 0, listStyle: "none", fontSize: 13 }}>
        {back.lines.map((line) => (
          <li key={line.line}>
            <Quantity value={line.quantity} /> × {names.offer(line.offer)}{" "}
            <span className="muted">{line.reason}</span>
          </li>
        ))}
      </ul>
      {back.refunded > 0 && (
        <div>
          {t("refund")} <Money amount={back.refunded} currency={order.currency} />
        </div>
      )}
      <ReturnActions back={back} />
    </article>
  );
}
