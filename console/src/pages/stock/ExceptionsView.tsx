import { useInfiniteQuery } from "@tanstack/react-query";
import { Flex, Segmented, Select } from "antd";
import { api, data, type Schemas } from "@/api/client";
import { useMe } from "@/api/me";
import { useLook } from "@/app/look";
import { usePhone } from "@/app/preferences";
import { ExceptionDrawer } from "@/pages/stock/ExceptionDrawer";
import { bucketPath, Named } from "@/pages/stock/parts";
import { LocationPick } from "@/pages/stock/pick";
import { More } from "@/pages/stock/StockView";
import { exceptionWords, words } from "@/pages/stock/words";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { ExportButton } from "@/ui/ExportButton";
import { Age, Quantity, Time } from "@/ui/Figures";
import { LocationLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SavedViews } from "@/ui/SavedViews";
import { StateTag } from "@/ui/StateTag";
import { useFilters } from "@/ui/useFilters";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

type Exception = Schemas["StockException"];
const WHOSE = ["all", "mine", "overdue", "unassigned"] as const;

export default function ExceptionsView() {
  const t = useWords(words);
  const page = useWords(exceptionWords);
  const common = useCommon();
  const me = useMe();
  const look = useLook();
  const phone = usePhone();
  const [filters, setFilters] = useFilters(["state", "whose", "location", "exception"]);
  const state = filters.state === "closed" ? "closed" : "open";
  const whose = WHOSE.find((one) => one === filters.whose) ?? "all";
  const query = {
    state,
    ...(filters.location === undefined ? {} : { location: filters.location }),
    ...(whose === "mine" ? { mine: true } : {}),
    ...(whose === "overdue" ? { overdue: true } : {}),
    ...(whose === "unassigned" ? { assigned: false } : {}),
  };
  const found = useInfiniteQuery({
    queryKey: ["stock", "exceptions", query],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/stock/exceptions", {
          params: { query: { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: 10_000,
  });
  const open = (id: string) => setFilters({ exception: id });
  return (
    <>
      <PageHeader
        title={page("title")}
        actions={
          <>
            <SavedViews />
            <ExportButton path="/v1/stock/exceptions.csv" scope="stock:read" query={query} />
          </>
        }
      />
      <Flex wrap gap={8} role="search" aria-label={common("filter")} style={{ marginBottom: 12 }}>
        <Segmented
          aria-label={common("state")}
          value={state}
          options={(["open", "closed"] as const).map((one) => ({ value: one, label: t(`state_${one}`) }))}
          onChange={(value) => setFilters({ state: value === "open" ? undefined : value })}
        />
        <Select
          aria-label={t("assignee")}
          style={{ width: 150 }}
          value={whose}
          options={[
            { value: "all", label: common("all") },
            { value: "mine", label: t("only_mine") },
            { value: "overdue", label: t("only_overdue") },
            { value: "unassigned", label: t("only_unassigned") },
          ]}
          onChange={(value) => setFilters({ whose: value === "all" ? undefined : value })}
        />
        {me.location === null && (
          <LocationPick
            label={common("location")}
            placeholder={t("any_location")}
            value={filters.location}
            onChange={(location) => setFilters({ location })}
            width={200}
          />
        )}
      </Flex>
      {found.error !== null ? (
        <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <DataTable<Exception>
          label={page("nav")}
          fits
          rowKey="id"
          loading={found.isPending}
          dataSource={found.data?.pages.flatMap(({ exceptions }) => exceptions)}
          onOpen={(row) => open(row.id)}
          locale={{
            emptyText: <EmptyState title={t("no_exceptions")}>{t("no_exceptions_hint")}</EmptyState>,
          }}
          columns={[
            {
              key: "offer",
              title: common("offer"),
              render: (_, row) => (
                <>
                  <Named code={row.offer} name={row.offer_name} to={bucketPath(row)} />
                  {phone && (
                    <div style={{ marginTop: 4 }}>
                      <LocationLink code={row.location} name={row.location_name} />
                      <Flex wrap gap="0 8px" align="center" className="muted">
                        <span>
                          {t("due")} <Time at={row.due_at} />
                        </span>
                        {row.overdue && <StateTag state="overdue" tone="danger" text={t("overdue")} />}
                        <span>{row.assignee?.name ?? t("nobody")}</span>
                      </Flex>
                    </div>
                  )}
                </>
              ),
            },
            {
              key: "location",
              title: common("location"),
              hidden: phone,
              render: (_, row) => <LocationLink code={row.location} name={row.location_name} />,
            },
            {
              key: "missing",
              title: t("missing"),
              align: "right",
              width: phone ? 56 : 90,
              render: (_, row) => (
                <strong style={{ color: row.state === "open" ? look.tone.danger.text : undefined }}>
                  <Quantity
                    value={row.state === "open" ? row.missing : row.missing_at_first}
                    to={bucketPath(row, "available")}
                  />
                </strong>
              ),
            },
            {
              key: "opened",
              title: t("opened"),
              width: phone ? 80 : 110,
              render: (_, row) =>
                row.closed_at === null ? <Age at={row.opened_at} /> : <Time at={row.opened_at} />,
            },
            {
              key: "due",
              title: t("due"),
              hidden: phone,
              width: 210,
              render: (_, row) => (
                <Flex gap={8} align="center">
                  <Time at={row.due_at} />
                  {row.overdue && <StateTag state="overdue" tone="danger" text={t("overdue")} />}
                </Flex>
              ),
            },
            {
              key: "assignee",
              title: t("assignee"),
              hidden: phone,
              render: (_, row) => row.assignee?.name ?? <span className="muted">{t("nobody")}</span>,
            },
            { key: "note", title: t("note"), hidden: phone, ellipsis: true, render: (_, row) => row.note },
          ]}
        />
      )}
      <More query={found} />
      {filters.exception !== undefined && (
        <ExceptionDrawer id={filters.exception} onClose={() => setFilters({ exception: undefined })} />
      )}
    </>
  );
}
