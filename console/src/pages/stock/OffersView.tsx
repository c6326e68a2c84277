import { SearchOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQueries } from "@tanstack/react-query";
import { Button, Flex, Input, Select } from "antd";
import { useNavigate } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useCan } from "@/api/me";
import { usePhone, usePreferences } from "@/app/preferences";
import { Named, nameOf } from "@/pages/stock/parts";
import { More } from "@/pages/stock/StockView";
import { offersWords, words } from "@/pages/stock/words";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { ExportButton } from "@/ui/ExportButton";
import { Money, Quantity } from "@/ui/Figures";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SavedViews } from "@/ui/SavedViews";
import { StateTag } from "@/ui/StateTag";
import { useClear } from "@/ui/useClear";
import { useFilters } from "@/ui/useFilters";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

type Offer = Schemas["Offer"];
export const KINDS = ["good", "service", "quota"] as const;
export const offerPath = (sku: string): string => `/offers/${encodeURIComponent(sku)}`;

/** What there is of the offers of each page that is loaded. */
function useStock(pages: readonly string[][], may: boolean): Map<string, Schemas["StockTotal"]> {
  return useQueries({
    queries: pages.map((skus) => ({
      queryKey: ["stock", "totals", "offers", skus],
      enabled: may && skus.length > 0,
      refetchInterval: 30_000,
      queryFn: () =>
        data(
          api.GET("/v1/stock/totals", { params: { query: { by: "offer", only: skus, limit: skus.length } } }),
        ),
    })),
    combine: (answers) =>
      new Map(answers.flatMap(({ data: told }) => told?.totals.map((one) => [one.code, one] as const) ?? [])),
  });
}

export default function OffersView() {
  const t = useWords(words);
  const clear = useClear();
  const page = useWords(offersWords);
  const common = useCommon();
  const navigate = useNavigate();
  const { language } = usePreferences();
  const phone = usePhone();
  const mayStock = useCan("stock:read");
  const [filters, setFilters] = useFilters(["text", "kind"]);
  const kind = KINDS.find((one) => one === filters.kind);
  const query = {
    ...(filters.text === undefined ? {} : { text: filters.text }),
    ...(kind === undefined ? {} : { kind }),
  };
  const found = useInfiniteQuery({
    queryKey: ["offers", query],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/offers", {
          params: { query: { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
  const stock = useStock(found.data?.pages.map(({ offers }) => offers.map(({ sku }) => sku)) ?? [], mayStock);
  if (found.error !== null) return <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <>
      <PageHeader
        title={page("title")}
        actions={
          <>
            <SavedViews />
            <ExportButton path="/v1/offers.csv" scope="offers:read" query={query} />
          </>
        }
      />
      <Flex wrap gap={8} role="search" aria-label={common("filter")} style={{ marginBottom: 12 }}>
        <Input.Search
          aria-label={t("find_offer")}
          placeholder={t("find_offer")}
          defaultValue={filters.text}
          allowClear={clear}
          enterButton={<Button icon={<SearchOutlined aria-hidden />} aria-label={t("find_offer")} />}
          style={{ width: phone ? "100%" : 240 }}
          onSearch={(text) => setFilters({ text })}
        />
        <Select
          aria-label={t("kind")}
          style={{ width: 140 }}
          value={kind ?? ""}
          options={[
            { value: "", label: common("all") },
            ...KINDS.map((one) => ({ value: one, label: t(`kind_${one}`) })),
          ]}
          onChange={(value) => setFilters({ kind: value })}
        />
      </Flex>
      <DataTable<Offer>
        label={page("nav")}
        fits
        rowKey="sku"
        loading={found.isPending}
        dataSource={found.data?.pages.flatMap(({ offers }) => offers)}
        onOpen={(row) => void navigate(offerPath(row.sku))}
        locale={{ emptyText: <EmptyState title={t("no_offers")} /> }}
        columns={[
          {
            key: "name",
            title: t("name"),
            render: (_, row) => (
              <>
                <Named code={row.sku} name={nameOf(row.name, language)} to={offerPath(row.sku)} />
                {phone && (
                  <Flex wrap gap="0 8px" className="muted">
                    {t(`kind_${row.kind}`)} <Money amount={row.price.amount} currency={row.price.currency} />
                    {!row.enabled && <StateTag state="disabled" tone="neutral" text={t("disabled")} />}
                  </Flex>
                )}
              </>
            ),
          },
          {
            key: "kind",
            title: t("kind"),
            hidden: phone,
            render: (_, row) => (
              <>
                {t(`kind_${row.kind}`)}{" "}
                {!row.enabled && <StateTag state="disabled" tone="neutral" text={t("disabled")} />}
              </>
            ),
          },
          {
            key: "price",
            title: t("price"),
            hidden: phone,
            align: "right",
            render: (_, row) => <Money amount={row.price.amount} currency={row.price.currency} />,
          },
          ...(mayStock
            ? (["available", "reserved", "out"] as const).map((one) => ({
                key: one,
                title: t(one),
                width: phone ? 60 : undefined,
                align: "right" as const,
                render: (_: unknown, row: Offer) => (
                  <Quantity
                    value={stock.get(row.sku)?.[one]}
                    to={
                      stock.has(row.sku)
                        ? `/stock?offer=${encodeURIComponent(row.sku)}${one === "available" ? "" : `&state=${one}`}`
                        : undefined
                    }
                  />
                ),
              }))
            : []),
        ]}
      />
      <More query={found} />
    </>
  );
}
