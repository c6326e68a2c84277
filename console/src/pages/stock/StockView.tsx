import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Flex, Segmented, Select, Tag } from "antd";
import { useNavigate } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useCan, useMe } from "@/api/me";
import { usePhone } from "@/app/preferences";
import { StockDrawer, type Deed } from "@/pages/stock/forms";
import { bucketPath, Named, useCounterColumns, type Bucket } from "@/pages/stock/parts";
import { LocationPick, OfferPick } from "@/pages/stock/pick";
import { TransfersDrawer } from "@/pages/stock/TransfersDrawer";
import { stockWords, words } from "@/pages/stock/words";
import { areaQuery } from "@/ui/area";
import { AreaTags, useProvinceNames } from "@/ui/AreaTags";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { ExportButton } from "@/ui/ExportButton";
import { Quantity, Time } from "@/ui/Figures";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SavedViews } from "@/ui/SavedViews";
import { useFilters } from "@/ui/useFilters";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

const STATES = ["all", "available", "out", "short", "reserved", "unavailable", "incoming"] as const;
const SORTS = ["location", "available", "-available", "-reserved", "-on_hand"] as const;
const GROUPS = ["rows", "location", "offer", "region"] as const;
const NAMES = [
  "location",
  "offer",
  "region",
  "group",
  "state",
  "sort",
  "by",
  "do",
  "transfer",
  "location_kind",
  "window",
  "capability",
  "partner",
  "within",
] as const;
type Names = (typeof NAMES)[number];
type Filters = Partial<Record<Names, string>>;
type Sums = Omit<Schemas["StockTotal"], "code" | "name">;

/** What to ask the API for, from the address. */
const queryOf = ({
  location,
  offer,
  location_kind,
  window,
  state,
  sort,
  ...places
}: Partial<Record<Names, string | undefined>>) => ({
  ...(location === undefined ? {} : { location }),
  ...(offer === undefined ? {} : { offer }),
  ...areaQuery(places),
  ...(location_kind === undefined
    ? {}
    : { location_kind: location_kind as "store" | "warehouse" | "partner" }),
  ...(window === undefined ? {} : { window: "now" as const }),
  ...(state === undefined ? {} : { state: state as (typeof STATES)[number] }),
  ...(sort === undefined ? {} : { sort: sort as (typeof SORTS)[number] }),
});

function movementsOf({ location, offer }: Filters): string {
  const address = new URLSearchParams();
  if (location !== undefined) address.set("location", location);
  if (offer !== undefined) address.set("offer", offer);
  return `/movements?${address}`;
}

export default function StockView() {
  const t = useWords(words);
  const page = useWords(stockWords);
  const [filters, setFilters] = useFilters(NAMES);
  const me = useMe();
  const by = GROUPS.find((one) => one === filters.by) ?? "rows";
  const navigate = useNavigate();
  const mayWrite = useCan("stock:write");
  const deed = filters.do;
  const bounded = (filters.location ?? filters.offer ?? me.location ?? undefined) !== undefined;
  const close = () => setFilters({ do: undefined, transfer: undefined });
  return (
    <>
      <PageHeader
        title={page("title")}
        actions={
          <>
            <SavedViews />
            <ExportButton
              path="/v1/stock.csv"
              scope="stock:read"
              query={queryOf({ ...filters, sort: undefined })}
            />
            <Button onClick={() => setFilters({ do: "transfers" })}>{t("transfers")}</Button>
            {bounded && <Button onClick={() => void navigate(movementsOf(filters))}>{t("movements")}</Button>}
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
      <FilterBar filters={filters} by={by} onChange={setFilters} />
      {by === "rows" ? <Rows filters={filters} /> : <Totals filters={filters} by={by} />}
      {deed === "transfers" && (
        <TransfersDrawer location={filters.location} transfer={filters.transfer} onClose={close} />
      )}
      {mayWrite && (deed === "count" || deed === "adjust" || deed === "transfer") && (
        <StockDrawer
          deed={deed satisfies Deed}
          location={filters.location}
          offer={filters.offer}
          onClose={close}
        />
      )}
    </>
  );
}

function FilterBar({
  filters,
  by,
  onChange,
}: {
  filters: Filters;
  by: (typeof GROUPS)[number];
  onChange: (changes: Partial<Record<Names, string | undefined>>) => void;
}) {
  const t = useWords(words);
  const common = useCommon();
  const me = useMe();
  const phone = usePhone();
  const width = (desk: number) => (phone ? "calc(50% - 4px)" : desk);
  return (
    <Flex
      wrap
      gap={8}
      align="center"
      role="search"
      aria-label={common("filter")}
      style={{ marginBottom: 12 }}
    >
      <Segmented
        aria-label={t("grouped")}
        value={by}
        options={GROUPS.map((one) => ({ value: one, label: t(`group_${one}`) }))}
        onChange={(value) => onChange({ by: value === "rows" ? undefined : value })}
      />
      {me.location === null && (
        <LocationPick
          label={common("location")}
          placeholder={t("any_location")}
          value={filters.location}
          onChange={(location) => onChange({ location })}
          width={width(200)}
        />
      )}
      <OfferPick
        label={common("offer")}
        placeholder={t("any_offer")}
        value={filters.offer}
        onChange={(offer) => onChange({ offer })}
        width={width(200)}
      />
      <Select
        aria-label={common("state")}
        style={{ width: width(190) }}
        value={STATES.find((one) => one === filters.state) ?? "all"}
        options={STATES.map((one) => ({ value: one, label: t(`state_${one}`) }))}
        onChange={(value) => onChange({ state: value === "all" ? undefined : value })}
      />
      <Select
        aria-label={t("sort")}
        style={{ width: width(180) }}
        value={SORTS.find((one) => one === filters.sort) ?? "location"}
        options={SORTS.map((one) => ({ value: one, label: t(`sort_${one}`) }))}
        onChange={(value) => onChange({ sort: value === "location" ? undefined : value })}
      />
      <AreaTags filters={filters} onChange={onChange} />
      {filters.location_kind !== undefined && (
        <Tag closable onClose={() => onChange({ location_kind: undefined })}>
          {wordFor(common, "place", filters.location_kind)}
        </Tag>
      )}
      {filters.window !== undefined && (
        <Tag closable onClose={() => onChange({ window: undefined })}>
          {t("only_now")}
        </Tag>
      )}
    </Flex>
  );
}

/** What all that is asked for adds up to. */
function Sum({ sums }: { sums: Sums | undefined }) {
  const t = useWords(words);
  if (sums === undefined) return null;
  return (
    <Flex wrap gap="4px 24px" style={{ marginBottom: 12 }} data-testid="sums">
      <strong>{t("shown", { count: sums.buckets })}</strong>
      {(["available", "on_hand", "reserved", "unavailable", "incoming", "out"] as const).map((name) => (
        <span key={name}>
          <span className="muted">{t(name)}</span> <Quantity value={sums[name]} />
        </span>
      ))}
    </Flex>
  );
}

function Rows({ filters }: { filters: Filters }) {
  const t = useWords(words);
  const page = useWords(stockWords);
  const common = useCommon();
  const navigate = useNavigate();
  const phone = usePhone();
  const query = queryOf(filters);
  const found = useInfiniteQuery({
    queryKey: ["stock", "rows", query],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/stock", {
          params: { query: { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: 10_000,
  });
  const counters = useCounterColumns<Bucket>(bucketPath);
  if (found.error !== null) return <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <>
      <Sum sums={found.data?.pages[0]?.sums} />
      <DataTable<Bucket>
        label={page("nav")}
        fits
        rowKey={(row) => `${row.location} ${row.offer} ${row.window ?? ""} ${row.lot}`}
        loading={found.isPending}
        dataSource={found.data?.pages.flatMap(({ stock }) => stock)}
        onOpen={(row) => void navigate(bucketPath(row))}
        locale={{ emptyText: <EmptyState title={t("none")}>{t("none_hint")}</EmptyState> }}
        columns={[
          {
            key: "location",
            title: common("location"),
            hidden: phone,
            render: (_, row) => (
              <Named
                code={row.location}
                name={row.location_name}
                to={`/stock?location=${encodeURIComponent(row.location)}`}
              />
            ),
          },
          {
            key: "offer",
            title: common("offer"),
            render: (_, row) => (
              <>
                {phone && <div>{row.location_name || row.location}</div>}
                <Named
                  code={row.offer}
                  name={row.offer_name}
                  to={`/offers/${encodeURIComponent(row.offer)}`}
                />
                {row.window !== null && (
                  <>
                    {" "}
                    <Time at={row.window} />
                  </>
                )}
                {row.lot !== "" && <span className="mono muted"> {row.lot}</span>}
              </>
            ),
          },
          ...counters,
        ]}
      />
      <More query={found} />
    </>
  );
}

function Totals({ filters, by }: { filters: Filters; by: "location" | "offer" | "region" }) {
  const t = useWords(words);
  const phone = usePhone();
  const province = useProvinceNames();
  const query = { ...queryOf(filters), by };
  const found = useInfiniteQuery({
    queryKey: ["stock", "totals", query],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/stock/totals", {
          params: { query: { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
  const within = (code: string, state?: string) => {
    const address = new URLSearchParams({ [by]: code });
    for (const name of NAMES) {
      if (name === "by" || name === "sort" || name === "do") continue;
      const value = filters[name];
      if (value !== undefined && name !== by) address.set(name, value);
    }
    if (state !== undefined) address.set("state", state);
    return `/stock?${address.toString()}`;
  };
  const counters = useCounterColumns<Schemas["StockTotal"]>((row, counter) =>
    within(row.code, counter === "on_hand" ? undefined : counter),
  );
  if (found.error !== null) return <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <>
      <Sum sums={found.data?.pages[0]?.sums} />
      <DataTable<Schemas["StockTotal"]>
        label={t(`group_${by}`)}
        fits
        rowKey="code"
        loading={found.isPending}
        dataSource={found.data?.pages.flatMap(({ totals }) => totals)}
        locale={{ emptyText: <EmptyState title={t("none")}>{t("none_hint")}</EmptyState> }}
        columns={[
          {
            key: "name",
            title: t(`group_${by}`),
            render: (_, row) => (
              <Named
                code={row.code}
                name={by === "region" ? province(row.code, row.name) : row.name}
                to={within(row.code)}
              />
            ),
          },
          {
            key: "buckets",
            title: t("places"),
            hidden: phone,
            align: "right",
            render: (_, row) => <Quantity value={row.buckets} to={within(row.code)} />,
          },
          {
            key: "out",
            title: t("out"),
            hidden: phone,
            align: "right",
            render: (_, row) => (
              <Quantity value={row.out} to={row.out > 0 ? within(row.code, "out") : undefined} />
            ),
          },
          ...counters,
        ]}
      />
      <More query={found} />
    </>
  );
}

export function More({
  query,
}: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
}) {
  const common = useCommon();
  if (!query.hasNextPage) return null;
  return (
    <Flex justify="center" style={{ padding: 16 }}>
      <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {common("load_more")}
      </Button>
    </Flex>
  );
}
