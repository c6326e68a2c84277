/** Sums before and after, each with bars of the two. */
import { useLook } from "@/app/look";
import { usePhone, usePreferences } from "@/app/preferences";
import type { Comparison, Totals } from "@/pages/policy/model";
import { Change } from "@/pages/policy/Change";
import { versionName, type T } from "@/pages/policy/diff";
import { words } from "@/pages/policy/words";
import { DataTable } from "@/ui/DataTable";
import { money, quantity } from "@/ui/format";
import { useWords } from "@/words/words";

interface Sum {
  key: string;
  name: string;
  before: number;
  after: number | null;
  money?: boolean;
  digits?: number;
  unit?: string;
  good?: "more" | "less";
}

export function Sums({ found }: { found: Comparison }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const phone = usePhone();
  const changed = (sum: Sum) =>
    sum.after === null ? null : (
      <Change
        by={sum.after - sum.before}
        currency={sum.money ? found.currency : undefined}
        good={sum.good}
        digits={sum.digits}
        unit={sum.unit}
      />
    );
  const said = (sum: Sum, value: number | null) =>
    value === null
      ? "–"
      : sum.money
        ? money(value, found.currency, language)
        : quantity(value, language, sum.digits ?? 0) + (sum.unit ?? "");
  return (
    <DataTable<Sum>
      label={t("figure")}
      fits
      rowKey="key"
      sticky={false}
      dataSource={sumsOf(found, t)}
      columns={[
        {
          key: "name",
          title: t("figure"),
          render: (_, sum) => (
            <>
              {sum.name}
              {phone && <Bars before={sum.before} after={sum.after} />}
            </>
          ),
        },
        {
          key: "before",
          title: versionName(t, found.policy_version),
          align: "right",
          render: (_, sum) => <span className="num">{said(sum, sum.before)}</span>,
        },
        {
          key: "after",
          title: t("after"),
          align: "right",
          render: (_, sum) => (
            <>
              <strong className="num">{said(sum, sum.after)}</strong>
              {phone && <div>{changed(sum)}</div>}
            </>
          ),
        },
        {
          key: "change",
          title: t("change"),
          hidden: phone,
          align: "right",
          render: (_, sum) => changed(sum),
        },
        {
          key: "bars",
          title: "",
          width: "24%",
          hidden: phone,
          render: (_, sum) => <Bars before={sum.before} after={sum.after} />,
        },
      ]}
    />
  );
}

/** Two bars on one scale: the old one grey, the new one in the primary colour. The numbers stand beside them. */
function Bars({ before, after }: { before: number; after: number | null }) {
  const look = useLook();
  const most = Math.max(before, after ?? 0, 1e-9);
  const bar = (value: number, color: string) => (
    <div
      style={{
        width: `${(100 * value) / most}%`,
        height: 6,
        background: color,
        borderRadius: 2,
        minWidth: value > 0 ? 2 : 0,
      }}
    />
  );
  if (after === null) return null;
  return (
    <div aria-hidden style={{ display: "grid", gap: 2 }}>
      {bar(before, look.tone.neutral.mark)}
      {bar(after, look.primary)}
    </div>
  );
}

type Named =
  | "f_refused"
  | "f_short"
  | "f_unserved"
  | "f_shipments"
  | "f_split"
  | "f_same_day"
  | "f_from_store"
  | "f_from_warehouse"
  | "f_from_partner"
  | "f_from_north"
  | "f_from_south";

const COUNTS: readonly [Named, keyof Totals, ("more" | "less")?][] = [
  ["f_refused", "refused", "less"],
  ["f_short", "short", "less"],
  ["f_unserved", "unserved_units", "less"],
  ["f_same_day", "same_day", "more"],
  ["f_shipments", "shipments"],
  ["f_split", "split"],
  ["f_from_store", "from_store"],
  ["f_from_warehouse", "from_warehouse"],
  ["f_from_partner", "from_partner"],
  ["f_from_north", "from_north"],
  ["f_from_south", "from_south"],
];

function sumsOf(found: Comparison, t: T): Sum[] {
  const { before, after } = found;
  // what is refused costs nothing: less of it is no gain
  const comparable = before.served === after.served && before.unserved_units === after.unserved_units;
  const fewer = comparable ? ("less" as const) : undefined;
  const each = (totals: Totals) => (totals.served === 0 ? 0 : Math.round(totals.cost / totals.served));
  const sums: Sum[] = [
    { key: "cost", name: t("f_cost"), before: before.cost, after: after.cost, money: true, good: fewer },
    {
      key: "each",
      name: t("f_cost_order"),
      before: each(before),
      after: each(after),
      money: true,
      good: "less",
    },
  ];
  if (found.cost_at_old_rates !== null) {
    const name = t("f_old_rates", { version: found.policy_version });
    sums.push({ key: "old", name, before: found.cost_at_old_rates, after: null, money: true });
  }
  for (const [name, key, good] of COUNTS) {
    const pair = { before: before[key] ?? 0, after: after[key] ?? 0 };
    if (pair.before > 0 || pair.after > 0) sums.push({ key, name: t(name), ...pair, good });
  }
  for (const [name, key] of [
    ["f_km_median", "km_median"],
    ["f_km_p90", "km_p90"],
  ] as const) {
    const [old, now] = [before[key], after[key]];
    if (old !== null)
      sums.push({ key, name: t(name), before: old, after: now, digits: 1, unit: " km", good: "less" });
  }
  return sums;
}
