import { Flex } from "antd";
import type { Order } from "@/pages/orders/order";
import { useHere } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import { DataTable } from "@/ui/DataTable";
import { Money, Quantity } from "@/ui/Figures";
import { OfferLink } from "@/ui/Links";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

type Line = Order["lines"][number];
const COUNTS = ["ordered", "allocated", "picked", "shipped", "returned", "cancelled"] as const;
const UNUSUAL = new Set<string>(["returned", "cancelled"]);

/** What was ordered, and how far each unit of it has come. */
export function Lines() {
  const t = useWords(words);
  const common = useCommon();
  const { order, names } = useHere();
  const counts = COUNTS.filter((name) => !UNUSUAL.has(name) || order.lines.some((line) => line[name] > 0));
  const money = (amount: number) => <Money amount={amount} currency={order.currency} />;
  return (
    <DataTable<Line>
      label={t("lines")}
      rowKey="line"
      sticky={false}
      dataSource={order.lines}
      scroll={{ x: "max-content" }}
      columns={[
        { key: "line", title: t("line"), render: (_, { line }) => <Quantity value={line} /> },
        {
          key: "offer",
          title: common("offer"),
          render: (_, { offer }) => (
            <Flex vertical>
              <OfferLink sku={offer} name={names.offer(offer)} />
              {names.offer(offer) !== offer && <span className="mono muted">{offer}</span>}
            </Flex>
          ),
        },
        ...counts.map((name) => ({
          key: name,
          title: t(name),
          align: "right" as const,
          render: (_: unknown, line: Line) =>
            line[name] === 0 ? <span className="muted num">0</span> : <Quantity value={line[name]} />,
        })),
        { key: "price", title: t("price"), align: "right", render: (_, line) => money(line.unit_price) },
        {
          key: "amount",
          title: t("amount"),
          align: "right",
          render: (_, line) => (
            <Flex vertical align="end">
              {money(line.amount)}
              {line.discounts.map((one, at) => (
                <span key={at} className="muted" title={one.code}>
                  {t("discount")} {money(-one.amount)}
                </span>
              ))}
            </Flex>
          ),
        },
      ]}
      footer={() => (
        <Flex justify="end" gap={24}>
          {order.delivery_fee > 0 && (
            <span>
              {t("delivery_fee")} {money(order.delivery_fee)}
            </span>
          )}
          <strong>
            {t("total")} {money(order.total)}
          </strong>
        </Flex>
      )}
    />
  );
}
