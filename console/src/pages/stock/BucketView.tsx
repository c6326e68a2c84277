import { useQuery } from "@tanstack/react-query";
import { Button, Card, Flex } from "antd";
import { useMemo } from "react";
import { useParams } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useCan } from "@/api/me";
import { useLook } from "@/app/look";
import { COUNTERS, NOTHING, type Counter } from "@/pages/stock/counters";
import { StockDrawer } from "@/pages/stock/forms";
import {
  counterOf,
  isOfFilters,
  MOVE_FILTERS,
  MoveFilters,
  MovementTable,
  queryOf,
  useMovements,
} from "@/pages/stock/movements";
import { CounterBar } from "@/pages/stock/parts";
import { More } from "@/pages/stock/StockView";
import { bucketWords, words } from "@/pages/stock/words";
import { Chart } from "@/ui/Chart";
import { ExportButton } from "@/ui/ExportButton";
import { Quantity } from "@/ui/Figures";
import { LocationLink, OfferLink, OrderLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useFilters } from "@/ui/useFilters";
import { moment } from "@/ui/format";
import { useWords } from "@/words/words";

type Movement = Schemas["Movement"];

export default function BucketView() {
  const { location = "", offer = "" } = useParams();
  const t = useWords(words);
  const page = useWords(bucketWords);
  const mayWrite = useCan("stock:write");
  const [filters, setFilters] = useFilters([...MOVE_FILTERS, "do"]);
  const counter = counterOf(filters);
  const found = useMovements({ location, offer }, filters);
  const names = useQuery({
    queryKey: ["stock", "names", location, offer],
    queryFn: () => data(api.GET("/v1/stock", { params: { query: { location, offer, limit: 1 } } })),
  });
  const now = found.data?.pages[0]?.stock ?? NOTHING;
  const moved = useMemo(() => found.data?.pages.flatMap(({ movements }) => movements), [found.data]);
  if (found.error !== null && !isOfFilters(found.error))
    return <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />;
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
            <ExportButton
              path="/v1/stock/movements.csv"
              scope="stock:read"
              query={queryOf({ location, offer }, filters)}
            />
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
      <h2 style={{ fontSize: 16, margin: "0 0 8px" }}>{t("movements")}</h2>
      <MoveFilters filters={filters} onChange={setFilters} rows={moved} error={found.error} />
      <p className="muted" style={{ margin: "0 0 8px" }}>
        {t("movements_hint")}
      </p>
      {found.error === null && <MovementTable rows={moved} loading={found.isPending} counter={counter} />}
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
