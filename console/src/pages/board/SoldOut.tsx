import { useQuery } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { usePreferences } from "@/app/preferences";
import { words } from "@/pages/board/words";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { OfferLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

type SoldOut = Schemas["SoldOut"];

/** Offers of which nothing is available at any location. */
export default function SoldOutView() {
  const t = useWords(words);
  const common = useCommon();
  const { language } = usePreferences();
  const asked = useQuery({ queryKey: ["sold-out"], queryFn: () => data(api.GET("/v1/board/sold-out", {})) });
  if (asked.error) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  const offers = asked.data?.offers;
  return (
    <>
      <PageHeader
        title={t("sold_out_title")}
        note={offers !== undefined && t("sold_out_note", { count: offers.length })}
      />
      <DataTable<SoldOut["offers"][number]>
        label={t("sold_out")}
        rowKey="sku"
        loading={asked.isPending}
        dataSource={offers}
        locale={{ emptyText: <EmptyState title={t("sold_out_empty")} /> }}
        columns={[
          { key: "sku", title: common("offer"), render: (_, row) => <OfferLink sku={row.sku} /> },
          {
            key: "name",
            title: t("name"),
            render: (_, { names }) => names[language] ?? Object.values(names)[0] ?? "",
          },
        ]}
      />
    </>
  );
}
