import { Flex } from "antd";
import { due } from "@/pages/orders/order";
import { useHere } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import { Money, Time } from "@/ui/Figures";
import { useWords } from "@/words/words";

const SUMS = ["authorised", "captured", "refunded"] as const;

const isSum = (kind: string): kind is (typeof SUMS)[number] => SUMS.some((one) => one === kind);

export function Payments() {
  const t = useWords(words);
  const { order, names } = useHere();
  const money = (amount: number) => <Money amount={amount} currency={order.currency} />;
  const left = due(order);
  return (
    <>
      <dl style={{ display: "grid", gridTemplateColumns: "1fr auto", gap: "4px 16px", margin: 0 }}>
        {SUMS.map((name) => (
          <Sum key={name} label={t(name)}>
            {money(order.paid[name])}
          </Sum>
        ))}
        {left > 0 && (
          <Sum label={t("due")}>
            <strong>{money(left)}</strong>
          </Sum>
        )}
      </dl>
      {order.payments.length === 0 ? (
        <p className="muted" style={{ margin: "8px 0 0" }}>
          {t("no_payments")}
        </p>
      ) : (
        <ul style={{ listStyle: "none", margin: "12px 0 0", padding: 0, fontSize: 13 }}>
          {order.payments.map((one, at) => (
            <li key={at}>
              <Flex justify="space-between" gap={12}>
                <span>
                  <Time at={one.at} zone={names.zone()} /> {isSum(one.kind) ? t(one.kind) : one.kind} ·{" "}
                  {one.method}{" "}
                  <span className="mono muted" title={t("reference")}>
                    {one.reference}
                  </span>
                </span>
                {money(one.kind === "refunded" ? -one.amount : one.amount)}
              </Flex>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Sum({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd style={{ margin: 0, textAlign: "end" }}>{children}</dd>
    </>
  );
}
