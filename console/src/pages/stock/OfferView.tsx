import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import "@/pages/stock/stock.css";
import { Card, Descriptions, Skeleton } from "antd";
import { Link, useNavigate, useParams } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useCan } from "@/api/me";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { OfferMap } from "@/pages/stock/OfferMap";
import { offerPath } from "@/pages/stock/OffersView";
import { bucketPath, CounterBar, nameOf, useCounterColumns, type Bucket } from "@/pages/stock/parts";
import { More } from "@/pages/stock/StockView";
import { offerWords, words } from "@/pages/stock/words";
import { useProvinceNames } from "@/ui/AreaTags";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Money, Quantity } from "@/ui/Figures";
import { LocationLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

export default function OfferView() {
  const { sku = "" } = useParams();
  const page = useWords(offerWords);
  const t = useWords(words);
  const { language } = usePreferences();
  const mayStock = useCan("stock:read");
  const offer = useQuery({
    queryKey: ["offer", sku],
    queryFn: () => data(api.GET("/v1/offers/{sku}", { params: { path: { sku } } })),
  });
  if (offer.error !== null) return <ProblemAlert error={offer.error} onRetry={() => void offer.refetch()} />;
  if (offer.data === undefined) return <Skeleton active />;
  return (
    <>
      <PageHeader
        title={page("title")}
        note={
          <>
            {nameOf(offer.data.name, language)} <span className="mono">{sku}</span>{" "}
            {!offer.data.enabled && <StateTag state="disabled" tone="neutral" text={t("disabled")} />}
          </>
        }
      />
      <div
        style={{
          display: "grid",
          gap: 16,
          gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 380px), 1fr))",
          marginBottom: 16,
        }}
      >
        <About offer={offer.data} />
        {mayStock && <Regions sku={sku} />}
      </div>
      {mayStock && (
        <div className="ms-beside">
          <OfferMap sku={sku} />
          <div style={{ minWidth: 0 }}>
            <Places sku={sku} />
          </div>
        </div>
      )}
    </>
  );
}

function About({ offer }: { offer: Schemas["Offer"] }) {
  const t = useWords(words);
  const attributes = Object.entries(offer.attributes ?? {});
  const options = Object.entries(offer.options ?? {});
  const plain = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const lines = [
    { key: "kind", label: t("kind"), children: t(`kind_${offer.kind}`) },
    {
      key: "price",
      label: t("price"),
      children: <Money amount={offer.price.amount} currency={offer.price.currency} />,
    },
    ...(offer.gtin
      ? [{ key: "gtin", label: t("gtin"), children: <span className="mono">{offer.gtin}</span> }]
      : []),
    ...(offer.variant_of ? [{ key: "style", label: t("style"), children: offer.variant_of }] : []),
    ...(options.length > 0
      ? [{ key: "options", label: t("options"), children: options.map(([, value]) => value).join(" · ") }]
      : []),
    ...(offer.components !== undefined && offer.components.length > 0
      ? [
          {
            key: "kit",
            label: t("kit"),
            children: offer.components.map((part) => (
              <div key={part.sku}>
                <Link to={offerPath(part.sku)}>{part.sku}</Link> × <Quantity value={part.quantity} />
              </div>
            )),
          },
        ]
      : []),
    ...attributes.map(([name, value]) => ({ key: `a-${name}`, label: name, children: plain(value) })),
  ];
  return (
    <Card size="small">
      <Descriptions size="small" column={1} items={lines} />
    </Card>
  );
}

/** How much of it can still be promised, in all and by province. */
function Regions({ sku }: { sku: string }) {
  const t = useWords(words);
  const look = useLook();
  const found = useQuery({
    queryKey: ["stock", "regions", sku],
    queryFn: () =>
      data(
        api.GET("/v1/stock/totals", {
          params: { query: { offer: sku, by: "region", sort: "-available", limit: 40 } },
        }),
      ),
    refetchInterval: 10_000,
  });
  const province = useProvinceNames();
  const most = Math.max(...(found.data?.totals.map(({ available }) => available) ?? []), 1);
  return (
    <Card
      size="small"
      title={<h2 style={{ fontSize: 14, margin: 0 }}>{t("by_region")}</h2>}
      loading={found.isPending}
    >
      {found.data !== undefined && <CounterBar now={found.data.sums} />}
      <ul style={{ listStyle: "none", margin: "12px 0 0", padding: 0, maxHeight: 220, overflow: "auto" }}>
        {found.data?.totals.map((total) => (
          <li
            key={total.code}
            style={{
              display: "grid",
              gridTemplateColumns: "110px 1fr 72px",
              gap: 8,
              alignItems: "center",
              lineHeight: "24px",
            }}
          >
            <span style={{ overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
              {province(total.code, total.name) || total.code || "–"}
            </span>
            <span aria-hidden style={{ height: 8, background: look.line, borderRadius: 2 }}>
              <span
                style={{
                  display: "block",
                  height: 8,
                  borderRadius: 2,
                  width: `${(100 * Math.max(total.available, 0)) / most}%`,
                  background: look.primary,
                }}
              />
            </span>
            <span style={{ textAlign: "end" }}>
              <Quantity
                value={total.available}
                to={`/stock?offer=${encodeURIComponent(sku)}&region=${encodeURIComponent(total.code)}`}
              />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Places({ sku }: { sku: string }) {
  const t = useWords(words);
  const common = useCommon();
  const navigate = useNavigate();
  const found = useInfiniteQuery({
    queryKey: ["stock", "places", sku],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/stock", {
          params: {
            query: { offer: sku, sort: "-available", ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
  const counters = useCounterColumns<Bucket>(bucketPath);
  return (
    <>
      <h2 style={{ fontSize: 16, margin: "0 0 8px" }}>{t("by_location")}</h2>
      <DataTable<Bucket>
        label={t("by_location")}
        fits
        rowKey={(row) => `${row.location} ${row.window ?? ""} ${row.lot}`}
        loading={found.isPending}
        dataSource={found.data?.pages.flatMap(({ stock }) => stock)}
        onOpen={(row) => void navigate(bucketPath(row))}
        locale={{ emptyText: <EmptyState title={t("nowhere")} /> }}
        columns={[
          {
            key: "location",
            title: common("location"),
            render: (_, row) => <LocationLink code={row.location} name={row.location_name} />,
          },
          ...counters,
        ]}
      />
      <More query={found} />
    </>
  );
}
