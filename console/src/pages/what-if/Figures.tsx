/** The figures side by side, with each one's difference to the first policy and how sure that is. */
import { useLook } from "@/app/look";
import { usePreferences, type Language } from "@/app/preferences";
import type { Column, Report } from "@/pages/what-if/model";
import { words } from "@/pages/what-if/words";
import { DataTable } from "@/ui/DataTable";
import { money, percent, quantity } from "@/ui/format";
import { useWords } from "@/words/words";

type Shape = "money" | "share" | "km" | "count";
type Name =
  | "cost"
  | "cost_per_order"
  | "carriage"
  | "handling"
  | "fill_rate"
  | "refused"
  | "unserved_value"
  | "km"
  | "same_day"
  | "split"
  | "kept"
  | "from_north"
  | Count;
type Count = "locations_serving" | "locations_emptied" | "shelves_emptied" | "full_hours";

interface Row {
  name: Name;
  shape: Shape;
  good?: "more" | "less";
  half?: "north" | "south";
}

const ROWS: readonly Row[] = [
  { name: "cost", shape: "money", good: "less" },
  { name: "cost_per_order", shape: "money", good: "less" },
  { name: "cost_per_order", shape: "money", good: "less", half: "north" },
  { name: "cost_per_order", shape: "money", good: "less", half: "south" },
  { name: "carriage", shape: "money" },
  { name: "handling", shape: "money" },
  { name: "fill_rate", shape: "share", good: "more" },
  { name: "fill_rate", shape: "share", good: "more", half: "north" },
  { name: "fill_rate", shape: "share", good: "more", half: "south" },
  { name: "refused", shape: "share", good: "less" },
  { name: "unserved_value", shape: "money", good: "less" },
  { name: "kept", shape: "share", good: "more" },
  { name: "same_day", shape: "share", good: "more" },
  { name: "split", shape: "share", good: "less" },
  { name: "km", shape: "km", good: "less" },
  { name: "from_north", shape: "share" },
  { name: "locations_serving", shape: "count" },
  { name: "locations_emptied", shape: "count", good: "less" },
  { name: "shelves_emptied", shape: "count" },
  { name: "full_hours", shape: "count", good: "less" },
];

const COUNTS = new Set<Name>(["locations_serving", "locations_emptied", "shelves_emptied", "full_hours"]);

export function Figures({ found }: { found: Report }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const [first, ...others] = found.policies;
  if (first === undefined) return null;
  const shown = (row: Row, value: number | null | undefined) =>
    value === null || value === undefined ? "–" : formatted(value, row.shape, found.currency, language);
  return (
    <DataTable<Row>
      label={t("figure")}
      rowKey={(row) => `${row.name}-${row.half ?? ""}`}
      dataSource={[...ROWS]}
      sticky={false}
      columns={[
        {
          key: "figure",
          title: t("figure"),
          render: (_, row) =>
            row.half === undefined ? (
              t(row.name)
            ) : (
              <span className="muted" style={{ paddingInlineStart: 16 }}>
                {t(row.half)}
              </span>
            ),
        },
        {
          key: "first",
          title: first.name,
          align: "right",
          render: (_, row) => <span className="num">{shown(row, valueOf(first, row))}</span>,
        },
        ...others.flatMap((other, n) => [
          {
            key: `value-${n}`,
            title: other.name,
            align: "right" as const,
            render: (_: unknown, row: Row) => <span className="num">{shown(row, valueOf(other, row))}</span>,
          },
          {
            key: `difference-${n}`,
            title: t("difference"),
            align: "right" as const,
            render: (_: unknown, row: Row) => (
              <Apart row={row} first={first} other={other} currency={found.currency} />
            ),
          },
          {
            key: `interval-${n}`,
            title: t("interval"),
            align: "right" as const,
            render: (_: unknown, row: Row) => {
              const apart = differenceOf(other, row);
              if (apart === null || apart === undefined) return null;
              return (
                <span className="num muted">
                  {signed(apart.low, row, found.currency, language)} …{" "}
                  {signed(apart.high, row, found.currency, language)}
                </span>
              );
            },
          },
        ]),
      ]}
    />
  );
}

/** The difference, coloured where more or less of it is good and it is no chance. */
function Apart({
  row,
  first,
  other,
  currency,
}: {
  row: Row;
  first: Column;
  other: Column;
  currency: string;
}) {
  const t = useWords(words);
  const look = useLook();
  const { language } = usePreferences();
  const apart = differenceOf(other, row);
  const by =
    apart?.value ?? (COUNTS.has(row.name) ? (valueOf(other, row) ?? 0) - (valueOf(first, row) ?? 0) : null);
  if (by === null) return <span className="muted">–</span>;
  const sure =
    COUNTS.has(row.name) || (apart !== null && apart !== undefined && (apart.low > 0 || apart.high < 0));
  const tone =
    by === 0 || !sure || row.good === undefined
      ? undefined
      : by > 0 === (row.good === "more")
        ? "success"
        : "danger";
  return (
    <span
      className={sure ? "num" : "num muted"}
      style={{ color: tone === undefined ? undefined : look.tone[tone].text }}
      title={sure ? undefined : t("unsure")}
    >
      {signed(by, row, currency, language)}
    </span>
  );
}

function valueOf(column: Column, row: Row): number | null | undefined {
  if (isCount(row.name)) return column[row.name];
  return (row.half === undefined ? column : column[row.half]).figures[row.name];
}

const isCount = (name: Name): name is Count => COUNTS.has(name);

const differenceOf = (column: Column, row: Row) =>
  (row.half === undefined ? column : column[row.half]).differences[row.name];

function formatted(value: number, shape: Shape, currency: string, language: Language): string {
  if (shape === "money") return money(Math.round(value), currency, language);
  if (shape === "share") return percent(value, language, 1);
  return quantity(value, language, shape === "km" ? 1 : 0);
}

function signed(value: number, row: Row, currency: string, language: Language): string {
  const sign = value > 0 ? "+" : value < 0 ? "−" : "";
  if (row.shape === "share") return `${sign}${quantity(Math.abs(value) * 100, language, 1)} pp`;
  return sign + formatted(Math.abs(value), row.shape, currency, language);
}
