import { FilterOutlined, ReloadOutlined, SearchOutlined } from "@ant-design/icons";
import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
  type InfiniteData,
} from "@tanstack/react-query";
import { Badge, Button, Checkbox, Flex, Input, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { api, data } from "@/api/client";
import { usePhone, usePreferences } from "@/app/preferences";
import { ORDER_EVENTS } from "@/pages/orders/facts";
import { LocationSelect } from "@/pages/orders/LocationSelect";
import { Next } from "@/pages/orders/Next";
import { orderOf, promisedTo, units, type Order } from "@/pages/orders/order";
import { words } from "@/pages/orders/words";
import type { LiveEvent } from "@/ui/stream";
import { DataTable } from "@/ui/DataTable";
import { DensitySwitch } from "@/ui/DensitySwitch";
import { ClearFilters, TimeRange } from "@/ui/filters";
import { EmptyState } from "@/ui/EmptyState";
import { ExportButton } from "@/ui/ExportButton";
import { Money, Quantity, Time } from "@/ui/Figures";
import { quantity } from "@/ui/format";
import { OrderLink } from "@/ui/Links";
import { LiveBadge } from "@/ui/LiveBadge";
import { useNow } from "@/ui/now";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { SavedViews } from "@/ui/SavedViews";
import { useClear } from "@/ui/useClear";
import { useFilters } from "@/ui/useFilters";
import { useStream } from "@/ui/useStream";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

const STATES = ["placed", "approved", "completed", "cancelled"] as const;
const CHANNELS = ["web", "app", "mini_program", "till", "marketplace", "agent"] as const;
const FILTERS = ["text", "state", "channel", "location", "placed_from", "placed_to", "unserved"] as const;
const PAGE = 50;
/** So many orders in sight are read again at once; if more changed, the reader is told to refresh. */
const MENDED = 20;
const MEND_MS = 1000;

type Filters = Partial<Record<(typeof FILTERS)[number], string>>;
interface Page {
  orders: Order[];
  next_cursor: string | null;
}

function useOrders(filters: Filters) {
  return useInfiniteQuery({
    queryKey: ["orders", "list", filters],
    queryFn: ({ pageParam }): Promise<Page> => {
      const { unserved, ...plain } = filters;
      const query = { ...plain, unserved: unserved !== undefined, limit: PAGE, cursor: pageParam };
      return data(api.GET("/v1/orders", { params: { query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchOnWindowFocus: false, // rows must not jump under the reader's eyes
    staleTime: Infinity,
  });
}

export default function Orders() {
  const t = useWords(words);
  const common = useCommon();
  const navigate = useNavigate();
  const [filters, setFilters] = useFilters(FILTERS);
  const orders = useOrders(filters);
  const rows = orders.data?.pages.flatMap((page) => page.orders) ?? [];
  const { language } = usePreferences();
  const total = useQuery({
    queryKey: ["orders", "count", filters, orders.dataUpdatedAt],
    queryFn: () => {
      const { unserved, ...plain } = filters;
      const query = { ...plain, unserved: unserved !== undefined };
      return data(api.GET("/v1/orders/count", { params: { query } }));
    },
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const { fresh, connection, show } = useChanges(filters, rows, () => void orders.refetch());
  const filtered = Object.keys(filters).length > 0;

  return (
    <>
      <PageHeader
        title={t("title")}
        note={
          <>
            {total.data !== undefined && (
              <span data-testid="count">{t("all", { n: quantity(total.data.count, language) })} </span>
            )}
            <LiveBadge connection={connection} />
          </>
        }
        actions={
          <>
            <SavedViews />
            <ExportButton path="/v1/orders.csv" scope="orders:read" query={filters} />
            <DensitySwitch />
            <Button icon={<ReloadOutlined />} loading={orders.isRefetching} onClick={show}>
              {common("refresh")}
            </Button>
          </>
        }
      >
        <FilterBar filters={filters} change={setFilters} />
      </PageHeader>
      <div role="status" style={{ minHeight: 0 }}>
        {fresh > 0 && (
          <Button type="primary" ghost block onClick={show} style={{ marginBottom: 12 }}>
            {t("new", { count: fresh })}
          </Button>
        )}
      </div>
      {orders.error !== null && rows.length === 0 ? (
        <ProblemAlert error={orders.error} onRetry={() => void orders.refetch()} />
      ) : (
        <Table
          rows={rows}
          loading={orders.isPending}
          filtered={filtered}
          open={(id) => void navigate(`/orders/${id}`)}
        />
      )}
      <Flex justify="center" align="center" gap={16} style={{ marginTop: 16 }}>
        {rows.length > 0 && <span className="muted num">{t("shown", { count: rows.length })}</span>}
        {orders.hasNextPage && (
          <Button onClick={() => void orders.fetchNextPage()} loading={orders.isFetchingNextPage}>
            {common("load_more")}
          </Button>
        )}
      </Flex>
    </>
  );
}

/** Follows what happens: orders in sight are mended in their place, new ones are counted until the reader wants them. */
function useChanges(filters: Filters, rows: Order[], refetch: () => void) {
  const client = useQueryClient();
  const [fresh, setFresh] = useState(0);
  const touched = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const mend = async (ids: string[]) => {
    const read = ids.map((order_id) =>
      data(api.GET("/v1/orders/{order_id}", { params: { path: { order_id } } })),
    );
    const settled = await Promise.allSettled(read);
    const now = new Map(
      settled.flatMap((one) => (one.status === "fulfilled" ? [[one.value.id, one.value]] : [])),
    );
    client.setQueryData<InfiniteData<Page>>(
      ["orders", "list", filters],
      (before) =>
        before && {
          ...before,
          pages: before.pages.map((page) => ({
            ...page,
            orders: page.orders.map((order) => now.get(order.id) ?? order),
          })),
        },
    );
  };

  const connection = useStream(
    ORDER_EVENTS,
    (events: LiveEvent[]) => {
      const seen = new Set(rows.map(({ id }) => id));
      const placed = events.filter((event) => event.name === "order.placed" && fits(event, filters));
      const unseen = placed.filter((event) => !seen.has(orderOf(event) ?? ""));
      if (unseen.length > 0) setFresh((before) => before + unseen.length);
      for (const event of events) {
        const id = orderOf(event);
        if (id !== undefined && seen.has(id)) touched.current.add(id);
      }
      if (touched.current.size === 0 || timer.current !== undefined) return;
      timer.current = setTimeout(() => {
        timer.current = undefined;
        const ids = [...touched.current].slice(0, MENDED);
        touched.current.clear();
        void mend(ids);
      }, MEND_MS);
    },
    refetch,
  );

  const show = () => {
    setFresh(0);
    refetch();
  };
  return { fresh, connection, show };
}

/** Whether a new order would be in the list; what an event does not tell is taken as fitting. */
function fits({ data: placed }: LiveEvent, filters: Filters): boolean {
  const order = placed as Partial<Order>;
  const { state, channel, text, location, placed_to: to } = filters;
  return (
    (state === undefined || order.state === state) &&
    (channel === undefined || order.channel === channel) &&
    (text === undefined || (order.channel_order_id ?? "").includes(text)) &&
    (location === undefined || (order.fulfilment_orders ?? []).some((work) => work.location === location)) &&
    to === undefined
  );
}

function FilterBar({ filters, change }: { filters: Filters; change: (changes: Filters) => void }) {
  const t = useWords(words);
  const clear = useClear();
  const common = useCommon();
  const phone = usePhone();
  const [open, setOpen] = useState(false);
  const width = (px: number) => (phone ? "100%" : px);
  const count = Object.keys(filters).length;
  if (phone && !open) {
    return (
      <Button
        icon={<FilterOutlined />}
        aria-expanded={false}
        onClick={() => setOpen(true)}
        style={{ marginTop: 12 }}
      >
        {common("filter")}
        {count > 0 && ` (${count})`}
      </Button>
    );
  }
  return (
    <Flex wrap gap={8} align="center" role="search" aria-label={common("filter")} style={{ marginTop: 12 }}>
      <Input
        key={`text ${filters.text ?? ""}`}
        aria-label={t("search")}
        placeholder={t("search")}
        prefix={<SearchOutlined />}
        allowClear={clear}
        defaultValue={filters.text}
        style={{ width: width(220) }}
        onPressEnter={(event) => change({ text: event.currentTarget.value })}
        onBlur={(event) =>
          event.target.value !== (filters.text ?? "") && change({ text: event.target.value })
        }
        onClear={() => change({ text: undefined })}
      />
      <Select
        aria-label={common("state")}
        placeholder={t("any_state")}
        allowClear={clear}
        value={filters.state}
        style={{ width: width(140) }}
        onChange={(state?: string) => change({ state })}
        options={STATES.map((value) => ({ value, label: wordFor(common, "state", value) }))}
      />
      <Select
        aria-label={common("channel")}
        placeholder={t("any_channel")}
        allowClear={clear}
        value={filters.channel}
        style={{ width: width(140) }}
        onChange={(channel?: string) => change({ channel })}
        options={CHANNELS.map((value) => ({ value, label: wordFor(common, "channel", value) }))}
      />
      <LocationSelect
        label={common("location")}
        placeholder={t("any_location")}
        value={filters.location}
        width={width(180)}
        onChange={(location) => change({ location })}
      />
      <TimeRange
        label={t("placed_between")}
        from={filters.placed_from}
        to={filters.placed_to}
        width={width(270)}
        onChange={(placed_from, placed_to) => change({ placed_from, placed_to })}
      />
      <Checkbox
        checked={filters.unserved !== undefined}
        onChange={(event) => change({ unserved: event.target.checked ? "1" : undefined })}
      >
        {t("only_unserved")}
      </Checkbox>
      {count > 0 && <ClearFilters names={FILTERS} onChange={change} />}
    </Flex>
  );
}

function Table({
  rows,
  loading,
  filtered,
  open,
}: {
  rows: Order[];
  loading: boolean;
  filtered: boolean;
  open: (id: string) => void;
}) {
  const t = useWords(words);
  const common = useCommon();
  const phone = usePhone();
  return (
    <DataTable<Order>
      label={t("nav")}
      fits
      rowKey="id"
      loading={loading}
      dataSource={rows}
      onOpen={({ id }) => open(id)}
      locale={{ emptyText: <EmptyState title={t("empty")}>{filtered && t("empty_text")}</EmptyState> }}
      columns={[
        {
          key: "order",
          title: common("order"),
          width: phone ? "58%" : undefined,
          render: (_, row) => (
            <>
              <OrderLink id={row.id} label={row.channel_order_id} />
              {phone && (
                <Flex wrap gap="0 8px" className="muted">
                  <Time at={row.placed_at} precision="second" />
                  <span>{wordFor(common, "channel", row.channel)}</span>
                  <Next order={row} />
                </Flex>
              )}
            </>
          ),
        },
        {
          key: "placed",
          title: t("placed"),
          hidden: phone,
          render: (_, row) => <Time at={row.placed_at} precision="second" />,
        },
        {
          key: "channel",
          title: common("channel"),
          hidden: phone,
          render: (_, row) => wordFor(common, "channel", row.channel),
        },
        { key: "state", title: common("state"), render: (_, row) => <StateTag state={row.state} /> },
        { key: "next", title: t("next"), hidden: phone, render: (_, row) => <Next order={row} /> },
        {
          key: "promised",
          title: t("promised"),
          hidden: phone,
          render: (_, row) => <Promised order={row} />,
        },
        {
          key: "units",
          title: t("units"),
          hidden: phone,
          align: "right",
          render: (_, row) => <Quantity value={units(row)} />,
        },
        {
          key: "total",
          title: t("total"),
          align: "right",
          render: (_, row) => <Money amount={row.total} currency={row.currency} />,
        },
      ]}
    />
  );
}

function Promised({ order }: { order: Order }) {
  const t = useWords(words);
  const now = useNow();
  const until = promisedTo(order);
  if (until === null) return <span className="muted">–</span>;
  return (
    <Flex gap={6} align="center">
      <Time at={until} />
      {Date.parse(until) < now && <Badge status="error" text={t("late")} />}
    </Flex>
  );
}
