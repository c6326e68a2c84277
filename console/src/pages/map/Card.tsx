import { CloseOutlined } from "@ant-design/icons";
import { Button, Flex } from "antd";
import { Link } from "react-router";
import { usePreferences } from "@/app/preferences";
import type { Network, Sums } from "@/pages/map/network";
import { words } from "@/pages/map/words";
import { Quantity } from "@/ui/Figures";
import { percent } from "@/ui/format";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

/** The figures of a location, a cluster or a region; where there is one location, each opens what it is made of. */
export function Figures({ sums, code }: { sums: Sums; code?: string }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const to = (path: string) => (code === undefined ? undefined : path + encodeURIComponent(code));
  const limit = sums.used + sums.left;
  const rows: [string, React.ReactNode][] = [
    [t("in_flight"), <Quantity key="n" value={sums.work} to={to("/orders?location=")} />],
    [t("late"), <Quantity key="n" value={sums.late} to={to("/orders?location=")} />],
    [
      t("capacity_short"),
      limit > 0 ? (
        <span key="n" className="num" title={t("taken", { used: sums.used, limit })}>
          {percent(sums.used / limit, language, 0)}
        </span>
      ) : (
        <span key="n" className="muted">
          {t("unlimited")}
        </span>
      ),
    ],
    [t("rejected"), <Quantity key="n" value={sums.rejected} to={to("/locations/")} />],
    [t("units"), <Quantity key="n" value={sums.units} to={to("/stock?location=")} />],
    [
      t("stock"),
      <span key="n" className="num">
        {t("out_of", { out: sums.out, records: sums.records })}
      </span>,
    ],
  ];
  return (
    <dl className="ms-net-figures">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A location that was chosen: what it is, its figures, and the way to its page. */
export function Chosen({ network, row, onClose }: { network: Network; row: number; onClose: () => void }) {
  const t = useWords(words);
  const common = useCommon();
  const { columns, kinds, regions } = network.points;
  const code = columns.code[row]!;
  const place = [
    wordFor(common, "place", kinds[columns.kind[row]!] ?? "store"),
    regions[columns.region[row]!]?.name ?? "",
    columns.enabled[row] === 1 ? "" : t("disabled"),
  ];
  return (
    <section className="ms-net-chosen" aria-label={columns.name[row]}>
      <Flex justify="space-between" align="start" gap={8}>
        <div style={{ minWidth: 0 }}>
          <strong>{columns.name[row]}</strong> <span className="mono muted">{code}</span>
          <div className="muted">{place.filter((part) => part !== "").join(" · ")}</div>
        </div>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={common("close")}
          onClick={onClose}
        />
      </Flex>
      <Figures sums={network.of(row)} code={code} />
      <Link to={`/locations/${encodeURIComponent(code)}`}>{t("open_page")}</Link>
    </section>
  );
}
