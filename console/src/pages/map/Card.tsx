import { CloseOutlined } from "@ant-design/icons";
import { Button, Flex } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { usePreferences } from "@/app/preferences";
import type { Network, Sums } from "@/pages/map/network";
import { words } from "@/pages/map/words";
import { Quantity } from "@/ui/Figures";
import { type Area, locationsOf, stockOf, workOf } from "@/ui/area";
import { percent, quantity } from "@/ui/format";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

const DAY_MS = 86_400_000;

/** The figures of a location, a cluster or a region; with `area`, each opens what it is made of. */
export function Figures({ sums, area, at }: { sums: Sums; area?: Area; at?: string }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const to = (path: (area: Area) => string) => (area === undefined ? undefined : path(area));
  const since = at === undefined ? undefined : new Date(Date.parse(at) - DAY_MS).toISOString();
  const limit = sums.used + sums.left;
  const linked = (text: string, path: string | undefined, title?: string) =>
    path === undefined ? (
      <span className="num" title={title}>
        {text}
      </span>
    ) : (
      <Link className="num" to={path} title={title}>
        {text}
      </Link>
    );
  const rows: [name: string, value: React.ReactNode, detail?: string][] = [
    [t("in_flight"), <Quantity key="n" value={sums.work} to={to(workOf)} />],
    [
      t("late"),
      <Quantity key="n" value={sums.late} to={to((one) => workOf(one, { late: true }))} />,
      t("late_detail"),
    ],
    [
      t("capacity_short"),
      limit > 0 ? (
        linked(
          percent(sums.used / limit, language, 0),
          to((one) => (one.location === undefined ? locationsOf(one) : `${locationsOf(one)}#capacity`)),
          t("taken", { used: sums.used, limit }),
        )
      ) : (
        <span key="n" className="muted">
          {t("unlimited")}
        </span>
      ),
    ],
    [
      t("rejected"),
      <Quantity
        key="n"
        value={sums.rejected}
        to={to((one) => workOf(one, { state: "rejected", updated_from: since }))}
      />,
    ],
    [t("units"), <Quantity key="n" value={sums.units} to={to(stockOf)} />],
    [
      t("stock"),
      <span key="n">
        {linked(
          quantity(sums.out, language),
          to((one) => stockOf(one, { state: "out" })),
        )}
        <span className="muted"> / </span>
        {linked(quantity(sums.records, language), to(stockOf))}
      </span>,
      t("out_of", { out: sums.out, records: sums.records }),
    ],
  ];
  return (
    <dl className="ms-net-figures">
      {rows.map(([name, value, detail]) => (
        <div key={name}>
          <dt title={detail}>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A cluster or what is filtered: how many locations, and their figures. */
export function AreaCard({
  name,
  sums,
  area,
  at,
  onClose,
}: {
  name: string;
  sums: Sums;
  area: Area;
  at: string | undefined;
  onClose: () => void;
}) {
  const t = useWords(words);
  const { language } = usePreferences();
  return (
    <section className="ms-net-chosen" aria-label={t("figures", { name })}>
      <Head onClose={onClose}>
        <strong>{name}</strong>{" "}
        <Link to={locationsOf(area)}>
          {t("locations", { count: sums.count, shown: quantity(sums.count, language) })}
        </Link>
      </Head>
      <Figures sums={sums} area={area} at={at} />
    </section>
  );
}

/** A location that was chosen: what it is, its figures, and the way to its page. */
export function Chosen({
  network,
  row,
  at,
  onClose,
}: {
  network: Network;
  row: number;
  at: string | undefined;
  onClose: () => void;
}) {
  const t = useWords(words);
  const common = useCommon();
  const { language } = usePreferences();
  const { columns, kinds, regions } = network.points;
  const region = regions[columns.region[row]!];
  const english = region?.en ?? "";
  const code = columns.code[row]!;
  const place = [
    wordFor(common, "place", kinds[columns.kind[row]!] ?? "store"),
    language === "en" && english !== "" ? english : (region?.name ?? ""),
    columns.enabled[row] === 1 ? "" : t("disabled"),
  ];
  return (
    <section className="ms-net-chosen" aria-label={columns.name[row]}>
      <Head onClose={onClose}>
        <strong>{columns.name[row]}</strong> <span className="mono muted">{code}</span>
        <div className="muted">{place.filter((part) => part !== "").join(" · ")}</div>
      </Head>
      <Figures sums={network.of(row)} area={{ location: code }} at={at} />
      <Link to={`/locations/${encodeURIComponent(code)}`}>{t("open_page")}</Link>
    </section>
  );
}

function Head({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const common = useCommon();
  return (
    <Flex justify="space-between" align="start" gap={8}>
      <div style={{ minWidth: 0 }}>{children}</div>
      <Button
        type="text"
        size="small"
        icon={<CloseOutlined />}
        aria-label={common("close")}
        onClick={onClose}
      />
    </Flex>
  );
}
