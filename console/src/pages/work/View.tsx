import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Flex, Select, Tag } from "antd";
import { api, data, type Schemas } from "@/api/client";
import { useLook } from "@/app/look";
import { usePhone, usePreferences } from "@/app/preferences";
import { words } from "@/pages/work/words";
import { AREA, areaQuery } from "@/ui/area";
import { AreaTags } from "@/ui/AreaTags";
import { DataTable } from "@/ui/DataTable";
import { ClearFilters } from "@/ui/filters";
import { EmptyState } from "@/ui/EmptyState";
import { ExportButton } from "@/ui/ExportButton";
import { Age, Quantity, Time } from "@/ui/Figures";
import { duration, moment, quantity } from "@/ui/format";
import { LocationLink, OrderLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SavedViews } from "@/ui/SavedViews";
import { StateTag } from "@/ui/StateTag";
import { useClear } from "@/ui/useClear";
import { useFilters } from "@/ui/useFilters";
import { useCommon, wordFor } from "@/words/common";
import { useWords, type Key } from "@/words/words";

type Work = Schemas["FulfilmentOrder"];

const PAGE = 50;
const STEPS = ["hold", "accept", "pick", "pack", "ship", "collect"] as const;
const ANY_STATE = "open,in_progress,on_hold,closed,cancelled,rejected";
const FILTERS = [
  "waits_for",
  "late",
  "risk",
  "older_than",
  "younger_than",
  "kind",
  "location",
  "location_kind",
  "destination",
  "state",
  "placed_from",
  "updated_from",
  "promised_from",
  "promised_to",
  "kept",
  ...AREA,
] as const;
type Filters = Partial<Record<(typeof FILTERS)[number], string>>;

/** What has to be done next, told from what is possible: the API filters by the same. */
function waitsFor({ state, possible }: Work): (typeof STEPS)[number] | undefined {
  if (state === "open") return "accept";
  if (state === "on_hold") return "hold";
  if (state !== "in_progress") return undefined;
  if (possible.includes("pick")) return "pick";
  if (possible.includes("ship")) return "ship";
  return possible.includes("hand-over") ? "collect" : "pack";
}

/** What the API is asked for: the list, its count and its export by the same. */
function asked(filters: Filters) {
  const { late, kept, older_than, younger_than, group, capability, partner, region, within, ...others } =
    filters;
  const minutes = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return {
    ...others,
    ...areaQuery({ group, capability, partner, region, within }),
    late: late === "true" || undefined,
    kept: kept === "true" || undefined,
    older_than: minutes(older_than),
    younger_than: minutes(younger_than),
  };
}

/** Fulfilment orders by what the live board counts: its figures open here. */
export default function WorkView() {
  const t = useWords(words);
  const common = useCommon();
  const look = useLook();
  const phone = usePhone();
  const { language } = usePreferences();
  const [filters] = useFilters(FILTERS);
  const found = useInfiniteQuery({
    queryKey: ["work", filters],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/fulfilment-orders", {
          params: { query: { ...asked(filters), limit: PAGE, cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
  const rows = found.data?.pages.flatMap((page) => page.fulfilment_orders);
  const total = useQuery({
    queryKey: ["work", "count", filters],
    queryFn: () => data(api.GET("/v1/fulfilment-orders/count", { params: { query: asked(filters) } })),
  });
  const told = (value: number) => quantity(value, language);
  return (
    <>
      <PageHeader
        title={t("title")}
        note={
          total.data !== undefined && (
            <span data-testid="count">
              {t("loaded", {
                count: total.data.count,
                n: told(total.data.count),
                units: told(total.data.units),
              })}
            </span>
          )
        }
        actions={
          <>
            <SavedViews />
            <ExportButton path="/v1/fulfilment-orders.csv" scope="fulfilment:read" query={asked(filters)} />
          </>
        }
      >
        <Filtering />
      </PageHeader>
      {found.error ? (
        <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <DataTable<Work>
          label={t("nav")}
          fits
          rowKey="id"
          loading={found.isPending}
          dataSource={rows}
          locale={{ emptyText: <EmptyState title={t("empty")} /> }}
          columns={[
            {
              key: "order",
              title: common("order"),
              width: phone ? "46%" : undefined,
              render: (_, row) => (
                <>
                  <OrderLink id={row.order} label={row.channel_order_id} />
                  {phone && (
                    <Flex wrap gap="0 8px" className="muted">
                      <LocationLink code={row.location} />
                      <span>{wordFor(common, "kind", row.kind)}</span>
                      <span>
                        {t("came")} <Age at={row.created_at} />
                      </span>
                    </Flex>
                  )}
                </>
              ),
            },
            {
              key: "channel",
              title: common("channel"),
              hidden: phone,
              render: (_, row) => wordFor(common, "channel", row.channel),
            },
            {
              key: "location",
              title: common("location"),
              hidden: phone,
              render: (_, row) => <LocationLink code={row.location} />,
            },
            {
              key: "kind",
              title: t("kind"),
              hidden: phone,
              render: (_, row) => wordFor(common, "kind", row.kind),
            },
            {
              key: "waits",
              title: t("waits_for"),
              render: (_, row) => {
                const step = waitsFor(row);
                return step === undefined ? <StateTag state={row.state} /> : t(`step_${step}`);
              },
            },
            {
              key: "units",
              title: t("units"),
              hidden: phone,
              align: "right",
              render: (_, row) => (
                <Quantity
                  value={row.lines.reduce((sum, one) => sum + one.quantity - one.short - one.withdrawn, 0)}
                />
              ),
            },
            {
              key: "came",
              title: t("came"),
              hidden: phone,
              align: "right",
              render: (_, row) => <Age at={row.created_at} />,
            },
            {
              key: "step",
              title: t("last_step"),
              hidden: phone,
              align: "right",
              render: (_, row) => <Age at={row.updated_at} suffix={t("ago")} />,
            },
            {
              key: "promised",
              title: t("promised"),
              align: "right",
              render: (_, row) => (
                <span style={{ color: missed(row) ? look.tone.danger.text : undefined }}>
                  <Time at={row.promised_to} />
                </span>
              ),
            },
          ]}
        />
      )}
      {found.hasNextPage && (
        <Flex justify="center" style={{ marginTop: 16 }}>
          <Button loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {common("load_more")}
          </Button>
        </Flex>
      )}
    </>
  );
}

const KEPT = new Set(["shipped", "delivered", "ready_for_pickup", "handed_over", "cancelled", "expired"]);
const missed = ({ promised_to, stage }: Work): boolean =>
  promised_to !== null && !KEPT.has(stage) && Date.parse(promised_to) < Date.now();

/** The filters, all in the address. */
function Filtering() {
  const t = useWords(words);
  const clear = useClear();
  const common = useCommon();
  const { language } = usePreferences();
  const [filters, change] = useFilters(FILTERS);
  const choose = <K extends keyof Filters>(name: K, label: string, options: [string, string][]) => (
    <Select
      key={name}
      aria-label={label}
      placeholder={label}
      allowClear={clear}
      value={filters[name]}
      onChange={(value: string | undefined) => change({ [name]: value })}
      options={options.map(([value, text]) => ({ value, label: text }))}
      popupMatchSelectWidth={false}
      style={{ minWidth: 132 }}
    />
  );
  const { older_than, younger_than, placed_from, updated_from, location } = filters;
  const due = filters.promised_from !== undefined || filters.promised_to !== undefined;
  const minutes = (count: string) => duration(Number(count) * 60, language);
  const age =
    older_than !== undefined && younger_than !== undefined
      ? t("age_between", { from: minutes(older_than), to: minutes(younger_than) })
      : older_than !== undefined
        ? t("age_over", { from: minutes(older_than) })
        : younger_than !== undefined && t("age_upto", { to: minutes(younger_than) });
  const any = Object.keys(filters).length > 0;
  return (
    <Flex wrap gap={8} align="center" style={{ marginTop: 12 }} role="search">
      {choose(
        "waits_for",
        t("waits_for"),
        STEPS.map((step) => [step, t(`step_${step}` as Key<keyof typeof words.en>)]),
      )}
      {choose("risk", t("risk"), [
        ["overdue", t("risk_overdue")],
        ["soon", t("risk_soon")],
      ])}
      {choose(
        "kind",
        t("kind"),
        ["ship", "same_day", "pick_up"].map((kind) => [kind, wordFor(common, "kind", kind)]),
      )}
      {choose("location_kind", t("place"), [
        ["store,partner", t("near_by")],
        ...["store", "warehouse", "partner"].map((kind): [string, string] => [
          kind,
          wordFor(common, "place", kind),
        ]),
      ])}
      {choose("destination", t("destination"), [
        ["north", t("north")],
        ["south", t("south")],
      ])}
      {choose("state", t("states"), [
        ["open,in_progress,on_hold", t("live")],
        ["rejected", common("state_rejected")],
        ["closed", common("state_closed")],
        ["cancelled", common("state_cancelled")],
        [ANY_STATE, t("any_state")],
      ])}
      <Checkbox
        checked={filters.late === "true"}
        onChange={({ target }) => change({ late: target.checked ? "true" : undefined })}
      >
        {t("late")}
      </Checkbox>
      {age !== false && (
        <Tag closable onClose={() => change({ older_than: undefined, younger_than: undefined })}>
          {t("age")} {age}
        </Tag>
      )}
      {placed_from !== undefined && (
        <Tag closable onClose={() => change({ placed_from: undefined })}>
          {t("placed_from", { at: moment(placed_from, "minute") })}
        </Tag>
      )}
      {updated_from !== undefined && (
        <Tag closable onClose={() => change({ updated_from: undefined })}>
          {t("updated_from", { at: moment(updated_from, "minute") })}
        </Tag>
      )}
      {due && (
        <Tag closable onClose={() => change({ promised_from: undefined, promised_to: undefined })}>
          {t("due", {
            from: filters.promised_from === undefined ? "" : moment(filters.promised_from, "minute"),
            to: filters.promised_to === undefined ? "" : moment(filters.promised_to, "minute"),
          })}
        </Tag>
      )}
      {filters.kept !== undefined && (
        <Tag closable onClose={() => change({ kept: undefined })}>
          {t("kept")}
        </Tag>
      )}
      <AreaTags filters={filters} onChange={change} />
      {location !== undefined && (
        <Tag closable onClose={() => change({ location: undefined })}>
          {location}
        </Tag>
      )}
      {any && <ClearFilters names={FILTERS} onChange={change} />}
    </Flex>
  );
}
