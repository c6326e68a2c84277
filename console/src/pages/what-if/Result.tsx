/** What a simulation found: figures side by side, who serves more and who less, and which orders changed. */
import { Alert, Card, Flex } from "antd";
import { useMemo, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { usePhone, usePreferences } from "@/app/preferences";
import { Figures } from "@/pages/what-if/Figures";
import type { Report } from "@/pages/what-if/model";
import { words } from "@/pages/what-if/words";
import { Chart } from "@/ui/Chart";
import { DataTable } from "@/ui/DataTable";
import { Money, Quantity } from "@/ui/Figures";
import { moment, money, quantity } from "@/ui/format";
import { LocationLink, OrderLink } from "@/ui/Links";
import { MapView } from "@/ui/MapView";
import { useWords } from "@/words/words";

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour));
const ON_MAP = 1500;
const ROWS = 10;

type Place = Report["locations"][number];
type Change = Report["changes"][number];

export function Result({ found }: { found: Report }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const changed = found.changed.at(-1) ?? 0;
  const orders = quantity(found.orders, language);
  return (
    <Flex vertical gap={16}>
      <section aria-labelledby="what-if-result">
        <h2 id="what-if-result" style={{ margin: "0 0 4px", fontSize: 17, fontWeight: 600 }}>
          {changed === 0
            ? t("headline_none", { orders })
            : t("headline", { orders, changed: quantity(changed, language) })}
        </h2>
        <p className="muted" style={{ margin: 0 }}>
          {found.first_at_us !== null && found.last_at_us !== null && (
            <>
              {t("orders_of", {
                from: moment(found.first_at_us / 1000, "minute"),
                to: moment(found.last_at_us / 1000, "minute"),
              })}
              {language === "zh" ? "。" : ". "}
            </>
          )}
          {t("rates")}
        </p>
        <Notes found={found} />
      </section>
      <Card size="small" styles={{ body: { padding: 0 } }}>
        <Figures found={found} />
      </Card>
      <Where found={found} />
      <Charts found={found} />
      <Stores found={found} />
      {found.changes.length > 0 && <Orders found={found} />}
    </Flex>
  );
}

/** What to know before costs are compared. */
function Notes({ found }: { found: Report }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const first = found.policies[0]?.name ?? "";
  const ahead = found.policies.filter((one) => one.looked_ahead > 0);
  const wholly = ahead.filter((one) => one.looked_ahead === found.orders);
  const partly = ahead.filter((one) => one.looked_ahead < found.orders);
  const unlike = found.policies.filter((one) => one.service !== "same");
  return (
    <>
      {wholly.length > 0 && (
        <p className="muted" style={{ margin: "4px 0 0" }}>
          {t("looked_ahead_all", {
            names: wholly.map(({ name }) => name).join(language === "zh" ? "、" : ", "),
          })}
        </p>
      )}
      {partly.map(({ name, looked_ahead }) => (
        <p key={name} className="muted" style={{ margin: "4px 0 0" }}>
          {t("looked_ahead", {
            name,
            count: quantity(looked_ahead, language),
            orders: quantity(found.orders, language),
          })}
        </p>
      ))}
      {unlike.map(({ name, service }) => (
        <Alert
          key={name}
          type="warning"
          showIcon
          style={{ marginTop: 8 }}
          title={t(service === "less" ? "serves_less" : "serves_more", { name, first })}
        />
      ))}
    </>
  );
}

const Titled = ({ title, children }: { title: string; children: ReactNode }) => (
  <Card size="small" title={<h2 style={{ margin: 0, fontSize: 15, fontWeight: 600 }}>{title}</h2>}>
    {children}
  </Card>
);

/** Both maps: the first policy's shipments; the last one's, green where it sends more and red where it sends less. */
function Where({ found }: { found: Report }) {
  const t = useWords(words);
  const phone = usePhone();
  const navigate = useNavigate();
  const { language } = usePreferences();
  const last = found.policies.length - 1;
  const points = useMemo(() => {
    const of = (at: number) =>
      found.locations
        .filter((one) => (one.orders[at] ?? 0) > 0 || (at > 0 && (one.orders[0] ?? 0) > 0))
        .slice(0, ON_MAP)
        .map((one) => {
          const here = one.orders[at] ?? 0;
          const more = here - (one.orders[0] ?? 0);
          return {
            id: one.code,
            lat: one.lat,
            lon: one.lon,
            name: `${one.name} ${quantity(here, language)}`,
            tone:
              at === 0 || more === 0
                ? ("neutral" as const)
                : more > 0
                  ? ("success" as const)
                  : ("danger" as const),
            size: Math.min(24, 5 + 1.2 * Math.sqrt(here)),
            named: false,
          };
        });
    return [of(0), of(last)];
  }, [found, last, language]);
  const names = [found.policies[0]?.name ?? "", found.policies[last]?.name ?? ""];
  return (
    <Titled title={t("map")}>
      <div style={{ display: "grid", gridTemplateColumns: phone ? "1fr" : "1fr 1fr", gap: 16 }}>
        {(last === 0 ? [0] : [0, 1]).map((side) => (
          <div key={side}>
            <h3 style={{ margin: "0 0 4px", fontSize: 14, fontWeight: 500 }}>
              {t("map_of", { name: names[side] ?? "" })}
            </h3>
            <MapView
              label={t("map_of", { name: names[side] ?? "" })}
              height={phone ? 260 : 380}
              points={points[side] ?? []}
              onPoint={(code) => void navigate(`/locations/${encodeURIComponent(code)}`)}
            />
          </div>
        ))}
      </div>
      <p className="muted" style={{ margin: "4px 0 0", fontSize: 13 }}>
        {t("map_legend", { name: names[0] ?? "" })}
      </p>
    </Titled>
  );
}

function Bars({
  label,
  categories,
  series,
  shown,
}: {
  label: string;
  categories: readonly string[];
  series: readonly { name: string; values: readonly (number | null)[] }[];
  shown?: (value: number) => string;
}) {
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 8, top: 32, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0 },
      tooltip: {
        trigger: "axis",
        axisPointer: { type: "shadow" },
        ...(shown === undefined ? {} : { valueFormatter: (value: unknown) => shown(Number(value)) }),
      },
      xAxis: { type: "category", data: [...categories] },
      yAxis: { type: "value", axisLabel: shown === undefined ? {} : { formatter: shown } },
      series: series.map(({ name, values }) => ({ name, type: "bar", barMaxWidth: 18, data: [...values] })),
    }),
    [categories, series, shown],
  );
  return <Chart label={label} height={240} option={option} />;
}

function Charts({ found }: { found: Report }) {
  const t = useWords(words);
  const phone = usePhone();
  const { language } = usePreferences();
  const series = useMemo(
    () => ({
      hours: found.policies.map(({ name, by_hour }) => ({ name, values: by_hour })),
      km: found.policies.map(({ name, km_histogram }) => ({ name, values: km_histogram })),
      halves: found.policies.map(({ name, north, south }) => ({
        name,
        values: [north, south].map((half) => half.figures.cost_per_order ?? null),
      })),
    }),
    [found],
  );
  const edges = useMemo(
    () =>
      found.km_edges.map((edge, n) => {
        const next = found.km_edges[n + 1];
        return next === undefined ? `${edge}+` : `${edge}–${next}`;
      }),
    [found],
  );
  const shown = useMemo(
    () => (value: number) => money(Math.round(value), found.currency, language),
    [found, language],
  );
  return (
    <div
      style={{
        display: "grid",
        gridTemplateColumns: phone ? "minmax(0, 1fr)" : "repeat(3, minmax(0, 1fr))",
        gap: 16,
      }}
    >
      <Titled title={t("hours")}>
        <Bars label={t("hours_label")} categories={HOURS} series={series.hours} />
      </Titled>
      <Titled title={t("distance")}>
        <Bars label={t("distance_label")} categories={edges} series={series.km} />
      </Titled>
      <Titled title={`${t("halves")}: ${t("cost_per_order")}`}>
        <Bars
          label={t("halves_label")}
          categories={[t("north"), t("south")]}
          series={series.halves}
          shown={shown}
        />
      </Titled>
    </div>
  );
}

function Stores({ found }: { found: Report }) {
  const t = useWords(words);
  return (
    <Titled title={t("stores")}>
      <DataTable<Place>
        label={t("stores")}
        rowKey="code"
        sticky={false}
        dataSource={found.locations.slice(0, 200)}
        pagination={{ pageSize: ROWS, size: "small", showSizeChanger: false, hideOnSinglePage: true }}
        columns={[
          {
            key: "store",
            title: t("store"),
            render: (_, one) => <LocationLink code={one.code} name={one.name} />,
          },
          ...found.policies.map((policy, n) => ({
            key: `orders-${n}`,
            title: t("shipments_of", { name: policy.name }),
            align: "right" as const,
            render: (_: unknown, one: Place) => <Quantity value={one.orders[n]} />,
          })),
          {
            key: "full",
            title: t("full_hours"),
            align: "right",
            render: (_, one) => <span className="num">{one.full_hours.join(" → ")}</span>,
          },
        ]}
      />
    </Titled>
  );
}

function Orders({ found }: { found: Report }) {
  const t = useWords(words);
  const { language } = usePreferences();
  return (
    <Titled title={t("orders_title")}>
      <DataTable<Change>
        label={t("orders_title")}
        rowKey="order"
        sticky={false}
        dataSource={found.changes}
        pagination={{ pageSize: ROWS, size: "small", showSizeChanger: false, hideOnSinglePage: true }}
        columns={[
          {
            key: "order",
            title: t("order"),
            render: (_, one) =>
              found.real_orders ? <OrderLink id={one.order} /> : <span className="mono">{one.order}</span>,
          },
          ...found.policies.map((policy, n) => ({
            key: `from-${n}`,
            title: t("served_from", { name: policy.name }),
            render: (_: unknown, one: Change) => {
              const served = one.served[n] ?? [];
              if (served.length === 0) return <span className="muted">{t("nobody")}</span>;
              return served.map((part) => (
                <div key={part.location}>
                  {t("units", {
                    count: part.units,
                    place: part.name,
                    km: quantity(part.km, language, 0),
                  })}
                </div>
              ));
            },
          })),
          ...found.policies.map((policy, n) => ({
            key: `cost-${n}`,
            title: `${t("cost_change")}, ${policy.name}`,
            align: "right" as const,
            render: (_: unknown, one: Change) => (
              <Money amount={Math.round(one.cost[n] ?? 0)} currency={found.currency} />
            ),
          })),
        ]}
      />
    </Titled>
  );
}
