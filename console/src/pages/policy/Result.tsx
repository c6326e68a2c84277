/** What a dry run found: sums before and after, where orders would move, who gains and loses, order by order. */
import { Alert, Card, Collapse, Flex, Segmented } from "antd";
import { useMemo, useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useLook } from "@/app/look";
import { usePhone, usePreferences } from "@/app/preferences";
import { Change } from "@/pages/policy/Change";
import { versionName } from "@/pages/policy/diff";
import type { Comparison, OrderChange, Tried } from "@/pages/policy/model";
import { Sums } from "@/pages/policy/Sums";
import { words } from "@/pages/policy/words";
import { Chart } from "@/ui/Chart";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Quantity, Time } from "@/ui/Figures";
import { moment, percent, quantity } from "@/ui/format";
import { LocationLink, OrderLink } from "@/ui/Links";
import { MapView } from "@/ui/MapView";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

const BARS = 12;
const ROWS_HEIGHT = 520;

export function Result({ tried, stale }: { tried: Tried; stale: boolean }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const found = tried.result;
  if (found === null || found.orders === 0) return <EmptyState title={t("no_orders")} />;
  const head =
    found.changed === 0
      ? t("headline_none", { count: found.orders })
      : t("headline", { count: found.orders, changed: quantity(found.changed, language) });
  return (
    <Flex vertical gap={16}>
      {stale && <Alert type="warning" showIcon title={t("stale")} />}
      <section aria-labelledby="policy-result">
        <h2 id="policy-result" style={{ margin: "0 0 4px", fontSize: 17, fontWeight: 600 }}>
          {head}
        </h2>
        <p className="muted" style={{ margin: 0 }}>
          {found.first_at && found.last_at && (
            <>
              {t("span", { from: moment(found.first_at, "minute"), to: moment(found.last_at, "minute") })}
              {language === "zh" ? "。" : ". "}
            </>
          )}
          {t("faithful", { share: percent(found.as_happened / found.orders, language, 0) })}
        </p>
      </section>
      <Card size="small" styles={{ body: { padding: 0 } }}>
        <Sums found={found} />
      </Card>
      <Collapse
        size="small"
        items={[
          {
            key: "grounds",
            label: t("grounds"),
            children: (
              <ul style={{ margin: 0, paddingInlineStart: 20 }}>
                {tried.assumes.map((one) => (
                  <li key={one.code}>{one.detail}</li>
                ))}
              </ul>
            ),
          },
        ]}
      />
      {found.changed > 0 && (
        <>
          <Where found={found} />
          <Places found={found} />
          <Changes found={found} />
        </>
      )}
    </Flex>
  );
}

const Titled = ({ title, children }: { title: string; children: ReactNode }) => (
  <Card size="small" title={<h2 style={{ margin: 0, fontSize: 15, fontWeight: 600 }}>{title}</h2>}>
    {children}
  </Card>
);

/** Bars to the right for what is gained, to the left for what is lost. */
function Diverging({ label, rows }: { label: string; rows: { name: string; by: number }[] }) {
  const look = useLook();
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      xAxis: { type: "value", minInterval: 1 },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map((row) => row.name),
        axisLabel: { width: 150, overflow: "truncate" },
      },
      series: [
        {
          type: "bar",
          barMaxWidth: 14,
          data: rows.map((row) => ({
            value: row.by,
            itemStyle: { color: look.tone[row.by < 0 ? "danger" : "success"].mark },
          })),
        },
      ],
    }),
    [rows, look],
  );
  return <Chart label={label} height={Math.max(120, rows.length * 24 + 40)} option={option} />;
}

function Where({ found }: { found: Comparison }) {
  const t = useWords(words);
  const phone = usePhone();
  const navigate = useNavigate();
  const moved = useMemo(() => found.locations.filter((one) => one.after !== one.before), [found]);
  const points = useMemo(
    () =>
      moved.map((one) => ({
        id: one.code,
        lat: one.lat,
        lon: one.lon,
        name: `${one.name} ${signed(one.after - one.before)}`,
        tone: one.after > one.before ? ("success" as const) : ("danger" as const),
        size: Math.min(28, 7 + 3 * Math.sqrt(Math.abs(one.after - one.before))),
        named: false,
      })),
    [moved],
  );
  const rows = useMemo(
    () =>
      found.regions
        .map((one) => ({
          name: one.name || t("region_unknown"),
          by: one.shipments_from_after - one.shipments_from_before,
        }))
        .filter((one) => one.by !== 0)
        .sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
        .slice(0, BARS),
    [found, t],
  );
  return (
    <Titled title={t("where")}>
      <div style={{ display: "grid", gridTemplateColumns: phone ? "1fr" : "3fr 2fr", gap: 16 }}>
        <div>
          <MapView
            label={t("map_label")}
            height={phone ? 260 : 380}
            points={points}
            onPoint={(code) => void navigate(`/locations/${encodeURIComponent(code)}`)}
          />
          <p className="muted" style={{ margin: "4px 0 0", fontSize: 13 }}>
            {t("map_legend")}
          </p>
        </div>
        <div>
          <h3 style={{ margin: "0 0 4px", fontSize: 14, fontWeight: 500 }}>{t("regions_chart")}</h3>
          <Diverging label={t("regions_chart")} rows={rows} />
        </div>
      </div>
      <Regions found={found} />
    </Titled>
  );
}

function Regions({ found }: { found: Comparison }) {
  const t = useWords(words);
  return (
    <DataTable<Comparison["regions"][number]>
      label={t("regions")}
      rowKey="region"
      dataSource={found.regions.filter(
        (one) => one.changed > 0 || one.shipments_from_after !== one.shipments_from_before,
      )}
      pagination={{ pageSize: 8, size: "small", showSizeChanger: false, hideOnSinglePage: true }}
      sticky={false}
      columns={[
        { key: "region", title: t("region"), render: (_, one) => one.name || t("region_unknown") },
        {
          key: "orders",
          title: t("to_here"),
          align: "right",
          render: (_, one) => <Quantity value={one.orders} />,
        },
        {
          key: "changed",
          title: t("changed"),
          align: "right",
          render: (_, one) => <Quantity value={one.changed} />,
        },
        {
          key: "cost",
          title: t("cost_change"),
          align: "right",
          render: (_, one) => (
            <Change
              by={one.cost_after - one.cost_before}
              currency={found.currency}
              good={one.refused_after === one.refused_before ? "less" : undefined}
            />
          ),
        },
        {
          key: "refused",
          title: t("f_refused"),
          align: "right",
          render: (_, one) => <Pair before={one.refused_before} after={one.refused_after} />,
        },
        {
          key: "from",
          title: t("from_here"),
          align: "right",
          render: (_, one) => <Pair before={one.shipments_from_before} after={one.shipments_from_after} />,
        },
      ]}
    />
  );
}

const signed = (value: number): string => (value > 0 ? `+${value}` : value < 0 ? `−${-value}` : "0");

const Pair = ({ before, after }: { before: number; after: number }) =>
  before === after ? (
    <span className="num">{after}</span>
  ) : (
    <span className="num">
      <span className="muted">{before} → </span>
      {after}
    </span>
  );

function Places({ found }: { found: Comparison }) {
  const t = useWords(words);
  const common = useCommon();
  const phone = usePhone();
  const look = useLook();
  const moved = useMemo(
    () => found.locations.filter((one) => one.after !== one.before || one.beyond_after > 0),
    [found],
  );
  const rows = useMemo(
    () =>
      moved
        .slice(0, BARS)
        .map((one) => ({ name: one.name, by: one.after - one.before }))
        .sort((a, b) => b.by - a.by),
    [moved],
  );
  return (
    <Titled title={t("locations")}>
      <div style={{ display: "grid", gridTemplateColumns: phone ? "1fr" : "2fr 3fr", gap: 16 }}>
        <Diverging label={t("locations_chart")} rows={rows} />
        <DataTable<Comparison["locations"][number]>
          label={t("locations")}
          rowKey="code"
          dataSource={moved}
          sticky={false}
          pagination={{ pageSize: 10, size: "small", showSizeChanger: false, hideOnSinglePage: true }}
          columns={[
            {
              key: "name",
              title: common("location"),
              render: (_, one) => <LocationLink code={one.code} name={one.name} />,
            },
            { key: "kind", title: t("place_kind"), render: (_, one) => wordFor(common, "place", one.kind) },
            {
              key: "orders",
              title: t("orders"),
              align: "right",
              render: (_, one) => <Pair before={one.before} after={one.after} />,
            },
            {
              key: "hour",
              title: t("fullest_hour"),
              align: "right",
              render: (_, one) => (
                <>
                  <Pair before={one.busiest_hour_before} after={one.busiest_hour_after} />
                  {one.orders_per_hour !== null && (
                    <span className="muted"> · {t("limit", { count: one.orders_per_hour })}</span>
                  )}
                  {one.beyond_after > 0 && (
                    <div style={{ color: look.tone.danger.text }}>
                      {t("beyond", { count: one.beyond_after })}
                    </div>
                  )}
                </>
              ),
            },
          ]}
        />
      </div>
    </Titled>
  );
}

const WHATS = ["moved", "split", "joined", "refused", "served", "more", "less"] as const;

function Changes({ found }: { found: Comparison }) {
  const t = useWords(words);
  const common = useCommon();
  const [only, setOnly] = useState<string>("all");
  const phone = usePhone();
  const counts = useMemo(() => {
    const counted = new Map<string, number>();
    for (const one of found.changes) counted.set(one.what, (counted.get(one.what) ?? 0) + 1);
    return counted;
  }, [found]);
  const shown = useMemo(
    () => (only === "all" ? found.changes : found.changes.filter((one) => one.what === only)),
    [found, only],
  );
  return (
    <Titled title={t("changes")}>
      <div style={{ overflowX: "auto", marginBottom: 8 }}>
        <Segmented
          aria-label={t("change")}
          value={only}
          onChange={setOnly}
          options={[
            { value: "all", label: `${t("all_changes")} ${found.changes.length}` },
            ...WHATS.filter((what) => counts.has(what)).map((what) => ({
              value: what,
              label: `${t(`what_${what}`)} ${counts.get(what)}`,
            })),
          ]}
        />
      </div>
      <DataTable<OrderChange>
        label={t("changes")}
        rowKey="id"
        dataSource={shown}
        sticky={false}
        pagination={
          phone
            ? { pageSize: 10, size: "small", showSizeChanger: false }
            : { pageSize: 20, size: "small", showSizeChanger: false, hideOnSinglePage: true }
        }
        scroll={{ x: 900, y: phone ? undefined : ROWS_HEIGHT }}
        columns={[
          {
            key: "order",
            title: common("order"),
            width: 190,
            render: (_, one) => (
              <>
                <OrderLink id={one.id} label={one.channel_order_id} />
                <div className="muted" style={{ fontSize: 12 }}>
                  {wordFor(common, "channel", one.channel)} · <Time at={one.placed_at} />
                </div>
              </>
            ),
          },
          { key: "what", title: t("change"), width: 120, render: (_, one) => t(`what_${one.what}`) },
          {
            key: "before",
            title: versionName(t, found.policy_version),
            render: (_, one) => <Servers of={one.before} none={t("nobody")} />,
          },
          {
            key: "after",
            title: t("after"),
            render: (_, one) => <Servers of={one.after} none={t("nobody")} />,
          },
          {
            key: "cost",
            title: t("cost_change"),
            align: "right",
            width: 110,
            render: (_, one) => <Change by={one.cost_after - one.cost_before} currency={found.currency} />,
          },
          {
            key: "why",
            title: t("why"),
            width: 380,
            render: (_, one) => (
              <div style={{ fontSize: 13 }}>
                {one.reasons.map((reason) => (
                  <div key={reason}>{reason}</div>
                ))}
              </div>
            ),
          },
        ]}
      />
    </Titled>
  );
}

const Servers = ({ of, none }: { of: OrderChange["before"]; none: string }) =>
  of.length === 0 ? (
    <span className="muted">{none}</span>
  ) : (
    <>
      {of.map((one) => (
        <div key={one.location}>
          <LocationLink code={one.location} name={one.name} />{" "}
          <span className="num muted">
            ×{one.units} · {one.km} km
          </span>
        </div>
      ))}
    </>
  );
