import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Card, Flex, Select } from "antd";
import { useMemo } from "react";
import { useParams } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useCan } from "@/api/me";
import { useLook } from "@/app/look";
import { COUNTERS, NOTHING, type Counter } from "@/pages/stock/counters";
import { StockDrawer } from "@/pages/stock/forms";
import { CounterBar } from "@/pages/stock/parts";
import { More } from "@/pages/stock/StockView";
import { bucketWords, words } from "@/pages/stock/words";
import { Chart } from "@/ui/Chart";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { ExportButton } from "@/ui/ExportButton";
import { Quantity, Time } from "@/ui/Figures";
import { LocationLink, OfferLink, OrderLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useFilters } from "@/ui/useFilters";
import { moment } from "@/ui/format";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

type Movement = Schemas["Movement"];
export const REASONS = [
  "received", "counted", "adjusted", "transfer_out", "transfer_in", "held", "released", "expired", "fulfilled", "moved",
  "set_aside", "put_back", "ordered", "cancelled", "rejected", "returned", "written_off", "opened", "expected",
] as const; // prettier-ignore

export default function BucketView() {
  const { location = "", offer = "" } = useParams();
  const t = useWords(words);
  const page = useWords(bucketWords);
  const mayWrite = useCan("stock:write");
  const [filters, setFilters] = useFilters(["counter", "reason", "do"]);
  const counter = COUNTERS.find((one) => one === filters.counter);
  const reason = REASONS.find((one) => one === filters.reason);
  const found = useInfiniteQuery({
    queryKey: ["stock", "movements", location, offer, counter, reason],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/stock/movements", {
          params: {
            query: {
              location,
              offer,
              ...(counter === undefined ? {} : { counter }),
              ...(reason === undefined ? {} : { reason: [reason] }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: 5_000,
  });
  const names = useQuery({
    queryKey: ["stock", "names", location, offer],
    queryFn: () => data(api.GET("/v1/stock", { params: { query: { location, offer, limit: 1 } } })),
  });
  const now = found.data?.pages[0]?.stock ?? NOTHING;
  const moved = useMemo(() => found.data?.pages.flatMap(({ movements }) => movements), [found.data]);
  if (found.error !== null) return <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />;
  const first = names.data?.stock[0];
  const deed = filters.do;
  return (
    <>
      <PageHeader
        title={page("title")}
        note={
          <>
            <LocationLink code={location} name={first?.location_name} /> ·{" "}
            <OfferLink sku={offer} name={first?.offer_name} />
          </>
        }
        actions={
          <>
            <ExportButton path="/v1/stock/movements.csv" scope="stock:read" query={{ location, offer }} />
            {mayWrite && <Button onClick={() => setFilters({ do: "transfer" })}>{t("transfer")}</Button>}
            {mayWrite && <Button onClick={() => setFilters({ do: "adjust" })}>{t("adjust")}</Button>}
            {mayWrite && (
              <Button type="primary" onClick={() => setFilters({ do: "count" })}>
                {t("count")}
              </Button>
            )}
          </>
        }
      />
      <div
        style={{
          display: "grid",
          gap: 16,
          gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 340px), 1fr))",
          marginBottom: 16,
        }}
      >
        <Now now={now} counter={counter} onCounter={(chosen) => setFilters({ counter: chosen })} />
        <Claims location={location} offer={offer} reserved={now.reserved} />
        <OverTime movements={moved ?? []} />
      </div>
      <Flex wrap gap={8} align="center" justify="space-between" style={{ marginBottom: 8 }}>
        <h2 style={{ fontSize: 16, margin: 0 }}>{t("movements")}</h2>
        <Flex wrap gap={8}>
          <Select
            aria-label={t("any_counter")}
            style={{ width: 150 }}
            value={counter ?? ""}
            options={[
              { value: "", label: t("any_counter") },
              ...COUNTERS.map((one) => ({ value: one, label: t(one) })),
            ]}
            onChange={(value) => setFilters({ counter: value })}
          />
          <Select
            aria-label={t("any_reason")}
            style={{ width: 190 }}
            value={reason ?? ""}
            options={[
              { value: "", label: t("any_reason") },
              ...REASONS.map((one) => ({ value: one, label: t(`reason_${one}`) })),
            ]}
            onChange={(value) => setFilters({ reason: value })}
          />
        </Flex>
      </Flex>
      <p className="muted" style={{ margin: "0 0 8px" }}>
        {t("movements_hint")}
      </p>
      <Movements rows={moved} loading={found.isPending} counter={counter} />
      <More query={found} />
      {mayWrite && (deed === "count" || deed === "adjust" || deed === "transfer") && (
        <StockDrawer
          deed={deed}
          location={location}
          offer={offer}
          onClose={() => setFilters({ do: undefined })}
        />
      )}
    </>
  );
}

function Now({
  now,
  counter,
  onCounter,
}: {
  now: Schemas["Movement"]["after"];
  counter: Counter | undefined;
  onCounter: (counter: Counter | undefined) => void;
}) {
  const t = useWords(words);
  const look = useLook();
  const counters = { ...NOTHING, ...now };
  return (
    <Card size="small">
      <Flex wrap gap="8px 16px" style={{ marginBottom: 12 }}>
        {COUNTERS.map((one) => (
          <Button
            key={one}
            type={counter === one ? "default" : "text"}
            aria-pressed={counter === one}
            style={{ height: "auto", padding: "4px 8px" }}
            onClick={() => onCounter(counter === one ? undefined : one)}
          >
            <span style={{ display: "grid", textAlign: "start" }}>
              <span className="muted" style={{ fontSize: 12 }}>
                {t(one)}
              </span>
              <span
                data-counter={one}
                style={{
                  fontSize: 20,
                  fontWeight: 600,
                  color: counters[one] < 0 ? look.tone.danger.text : undefined,
                }}
              >
                <Quantity value={counters[one]} />
              </span>
            </span>
          </Button>
        ))}
      </Flex>
      <CounterBar now={counters} />
      <p className="muted" style={{ margin: "8px 0 0", fontSize: 13 }}>
        {t("equation", { ...counters })}
      </p>
    </Card>
  );
}

/** The number after each movement that is loaded, as steps. */
function OverTime({ movements }: { movements: readonly Movement[] }) {
  const t = useWords(words);
  if (movements.length < 2) return null;
  const points = movements.map(({ at, after }) => [at, after.available]).reverse();
  return (
    <Card size="small" title={<h2 style={{ fontSize: 14, margin: 0 }}>{t("over_time")}</h2>}>
      <Chart
        height={150}
        label={t("chart_label")}
        option={{
          grid: { left: 40, right: 8, top: 8, bottom: 24 },
          tooltip: { trigger: "axis" },
          xAxis: { type: "time", axisLabel: { hideOverlap: true } },
          yAxis: { type: "value", minInterval: 1, splitNumber: 3 },
          series: [{ type: "line", step: "end", showSymbol: false, name: t("available"), data: points }],
        }}
      />
    </Card>
  );
}

function Claims({ location, offer, reserved }: { location: string; offer: string; reserved: number }) {
  const t = useWords(words);
  const claims = useQuery({
    queryKey: ["stock", "claims", location, offer, reserved],
    queryFn: () => data(api.GET("/v1/stock/claims", { params: { query: { location, offer, limit: 50 } } })),
  });
  return (
    <Card
      size="small"
      title={<h2 style={{ fontSize: 14, margin: 0 }}>{t("claims")}</h2>}
      loading={claims.isPending}
    >
      {claims.data?.count === 0 && <span className="muted">{t("claims_none")}</span>}
      <ul style={{ listStyle: "none", margin: 0, padding: 0, maxHeight: 150, overflow: "auto" }}>
        {claims.data?.claims.map((claim) => (
          <li
            key={claim.reservation}
            style={{ display: "flex", justifyContent: "space-between", gap: 8, lineHeight: "24px" }}
          >
            <span>
              {claim.order !== null ? (
                <OrderLink id={claim.order} label={claim.channel_order_id ?? undefined} />
              ) : (
                <>
                  {t("hold")}{" "}
                  {claim.expires_at !== null && (
                    <span className="muted">
                      {t("claim_until", { time: moment(claim.expires_at, "time") })}
                    </span>
                  )}
                </>
              )}
            </span>
            <Quantity value={claim.quantity} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Movements({
  rows,
  loading,
  counter,
}: {
  rows: Movement[] | undefined;
  loading: boolean;
  counter: Counter | undefined;
}) {
  const t = useWords(words);
  const common = useCommon();
  const shown =
    counter === undefined ? (["on_hand", "reserved", "unavailable", "incoming"] as const) : [counter];
  return (
    <DataTable<Movement>
      label={t("movements")}
      rowKey="id"
      loading={loading}
      dataSource={rows}
      locale={{ emptyText: <EmptyState title={t("no_movements")} /> }}
      columns={[
        {
          key: "at",
          title: common("time"),
          width: 130,
          render: (_, row) => <Time at={row.at} precision="second" />,
        },
        {
          key: "why",
          title: t("why"),
          render: (_, row) => (
            <>
              {t(`reason_${row.reason}`)} {row.order !== null && <OrderLink id={row.order} />}
              {row.transfer !== null && <span className="mono muted">…{row.transfer.slice(-8)}</span>}
              {row.note !== "" && <span className="muted"> {row.note}</span>}
            </>
          ),
        },
        {
          key: "who",
          title: t("who"),
          render: (_, row) => row.actor_name ?? (row.actor.startsWith("key:") ? t("by_key") : t("by_system")),
        },
        ...shown.map((one) => ({
          key: one,
          title: t(one),
          align: "right" as const,
          width: 110,
          render: (_: unknown, row: Movement) => <Delta value={row.change[one] ?? 0} />,
        })),
        {
          key: "after",
          title: `${t(counter ?? "available")} · ${t("after")}`,
          align: "right",
          width: 140,
          render: (_, row) => (
            <strong>
              <Quantity value={row.after[counter ?? "available"]} />
            </strong>
          ),
        },
      ]}
    />
  );
}

function Delta({ value }: { value: number }) {
  const look = useLook();
  if (value === 0) return <span className="muted">·</span>;
  const color = value > 0 ? look.tone.success.text : look.tone.danger.text;
  return (
    <span className="num" style={{ color }}>
      {value > 0 ? "+" : "−"}
      <Quantity value={Math.abs(value)} />
    </span>
  );
}
