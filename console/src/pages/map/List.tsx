import { Flex, type TableColumnsType } from "antd";
import { useMemo } from "react";
import { useNavigate } from "react-router";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { type Measure, toneOf, valueOf } from "@/pages/map/measure";
import type { Bounds, Network, Sums } from "@/pages/map/network";
import { words } from "@/pages/map/words";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Quantity } from "@/ui/Figures";
import { percent, quantity } from "@/ui/format";
import { LocationLink } from "@/ui/Links";
import { useWords } from "@/words/words";

const MOST = 100;

interface Row {
  row: number;
  code: string;
  name: string;
  sums: Sums;
}

/** The same as the map, as a table: the locations in view, those with the most first. */
export function List({
  network,
  version,
  measure,
  bounds,
  onPoint,
}: {
  network: Network;
  version: number;
  measure: Measure;
  bounds: Bounds;
  onPoint: (row: number) => void;
}) {
  const t = useWords(words);
  const look = useLook();
  const navigate = useNavigate();
  const { language } = usePreferences();
  const { rows, count } = useMemo(() => {
    void version; // the figures changed, though the network is the same object
    const { code, name } = network.points.columns;
    const top = network.top(bounds, (row) => valueOf(measure, network.of(row)) ?? -1, MOST);
    const rows = top.rows.map((row): Row => ({
      row,
      code: code[row]!,
      name: name[row]!,
      sums: network.of(row),
    }));
    return { rows, count: top.count };
  }, [network, version, measure, bounds]);

  const mark = (measured: Measure, sums: Sums) => {
    const tone = toneOf(measured, sums);
    return tone === "neutral" || tone === "info" ? undefined : look.tone[tone].text;
  };
  const columns: TableColumnsType<Row> = [
    {
      title: t("list_view"),
      key: "name",
      render: (_, { code, name }) => (
        <>
          <LocationLink code={code} name={name} />
          <div className="mono muted">{code}</div>
        </>
      ),
    },
    {
      title: t("work_short"),
      key: "work",
      align: "right",
      render: (_, { code, sums }) => (
        <>
          <Quantity value={sums.work} to={`/orders?location=${encodeURIComponent(code)}`} />
          {sums.late > 0 && (
            <div className="num" style={{ color: mark("work", sums) }}>
              {t("late")} {sums.late}
            </div>
          )}
        </>
      ),
    },
    {
      title: t("capacity_short"),
      key: "capacity",
      align: "right",
      render: (_, { sums }) =>
        sums.used + sums.left > 0 ? (
          <span className="num" style={{ color: mark("capacity", sums) }}>
            {sums.used}/{sums.used + sums.left}
          </span>
        ) : (
          <span className="muted">–</span>
        ),
    },
    {
      title: t("rejected_short"),
      key: "rejected",
      align: "right",
      render: (_, { code, sums }) => (
        <Quantity value={sums.rejected} to={`/locations/${encodeURIComponent(code)}#rejections`} />
      ),
    },
    {
      title: t("stock_short"),
      key: "stock",
      align: "right",
      render: (_, { sums }) =>
        sums.records > 0 ? (
          <span className="num" style={{ color: mark("stock", sums) }}>
            {percent(sums.out / sums.records, language, 0)}
          </span>
        ) : (
          <span className="muted">–</span>
        ),
    },
  ];
  return (
    <>
      <Flex justify="space-between" align="baseline" gap={8} style={{ padding: "8px 10px" }}>
        <strong aria-live="polite">{t("in_view", { count, shown: quantity(count, language) })}</strong>
        {count > MOST && <span className="muted">{t("first", { count: MOST })}</span>}
      </Flex>
      <DataTable<Row>
        label={t("list")}
        dataSource={rows}
        columns={columns}
        rowKey="code"
        sticky={false}
        onOpen={({ code }) => void navigate(`/locations/${encodeURIComponent(code)}`)}
        onRow={({ row }) => ({
          onMouseEnter: () => onPoint(row),
          onFocus: () => onPoint(row),
          onMouseLeave: () => onPoint(-1),
          onBlur: () => onPoint(-1),
        })}
        locale={{ emptyText: <EmptyState title={t("nobody")}>{t("nobody_detail")}</EmptyState> }}
      />
    </>
  );
}
