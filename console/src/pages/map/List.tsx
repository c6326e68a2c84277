import { Flex, type TableColumnsType } from "antd";
import { useMemo } from "react";
import { Link, useNavigate } from "react-router";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { type Measure, toneOf, valueOf } from "@/pages/map/measure";
import type { Bounds, Network, Sums } from "@/pages/map/network";
import { Figures } from "@/pages/map/Card";
import { words } from "@/pages/map/words";
import { type Area, locationsOf, stockOf, workOf } from "@/ui/area";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Quantity } from "@/ui/Figures";
import { percent, quantity } from "@/ui/format";
import { LocationLink } from "@/ui/Links";
import { useWords } from "@/words/words";

const MOST = 100;
const DAY_MS = 86_400_000;

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
  area,
  at,
  onPoint,
}: {
  network: Network;
  version: number;
  measure: Measure;
  bounds: Bounds;
  /** What is filtered, and lies in the bounds. */
  area: Area;
  at: string | undefined;
  onPoint: (row: number) => void;
}) {
  const t = useWords(words);
  const look = useLook();
  const navigate = useNavigate();
  const { language } = usePreferences();
  const { rows, count, all } = useMemo(() => {
    void version; // the figures changed, though the network is the same object
    const { code, name } = network.points.columns;
    const top = network.top(bounds, (row) => valueOf(measure, network.of(row)) ?? -1, MOST);
    const rows = top.rows.map((row): Row => ({
      row,
      code: code[row]!,
      name: name[row]!,
      sums: network.of(row),
    }));
    return { rows, count: top.count, all: network.total(bounds) };
  }, [network, version, measure, bounds]);

  const since = at === undefined ? undefined : new Date(Date.parse(at) - DAY_MS).toISOString();
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
          <Quantity value={sums.work} to={workOf({ location: code })} />
          {sums.late > 0 && (
            <div className="num" style={{ color: mark("work", sums) }}>
              {t("late")} <Quantity value={sums.late} to={workOf({ location: code }, { late: true })} />
            </div>
          )}
        </>
      ),
    },
    {
      title: t("capacity_short"),
      key: "capacity",
      align: "right",
      render: (_, { code, sums }) =>
        sums.used + sums.left > 0 ? (
          <Link
            className="num"
            to={`/locations/${encodeURIComponent(code)}#capacity`}
            style={{ color: mark("capacity", sums) }}
          >
            {sums.used}/{sums.used + sums.left}
          </Link>
        ) : (
          <span className="muted">–</span>
        ),
    },
    {
      title: t("rejected_short"),
      key: "rejected",
      align: "right",
      render: (_, { code, sums }) => (
        <Quantity
          value={sums.rejected}
          to={workOf({ location: code }, { state: "rejected", updated_from: since })}
        />
      ),
    },
    {
      title: t("stock_short"),
      key: "stock",
      align: "right",
      render: (_, { code, sums }) =>
        sums.records > 0 ? (
          <Link
            className="num"
            to={stockOf({ location: code }, { state: "out" })}
            title={t("out_of", { out: sums.out, records: sums.records })}
            style={{ color: mark("stock", sums) }}
          >
            {percent(sums.out / sums.records, language, 0)}
          </Link>
        ) : (
          <span className="muted">–</span>
        ),
    },
  ];
  return (
    <>
      <Flex justify="space-between" align="baseline" gap={8} style={{ padding: "8px 10px" }}>
        <strong aria-live="polite">
          <Link to={locationsOf(area)}>{t("in_view", { count, shown: quantity(count, language) })}</Link>
        </strong>
        {count > MOST && <span className="muted">{t("first", { count: MOST })}</span>}
      </Flex>
      <div style={{ padding: "0 10px 4px" }}>
        <Figures sums={all} area={area} at={at} />
      </div>
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
