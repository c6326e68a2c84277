import { useQuery } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { words } from "@/pages/orders/words";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Money, Time } from "@/ui/Figures";
import { OrderLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

export default function Orders() {
  const t = useWords(words);
  const common = useCommon();
  const orders = useQuery({ queryKey: ["orders"], queryFn: () => data(api.GET("/v1/orders", {})) });
  if (orders.error) return <ProblemAlert error={orders.error} onRetry={() => void orders.refetch()} />;
  return (
    <>
      <PageHeader title={t("title")} />
      <DataTable<Schemas["Order"]>
        label={t("nav")}
        rowKey="id"
        loading={orders.isPending}
        dataSource={orders.data?.orders}
        locale={{ emptyText: <EmptyState /> }}
        columns={[
          {
            key: "order",
            title: common("order"),
            render: (_, row) => <OrderLink id={row.id} label={row.channel_order_id} />,
          },
          {
            key: "channel",
            title: common("channel"),
            render: (_, row) => wordFor(common, "channel", row.channel),
          },
          { key: "state", title: common("state"), render: (_, row) => <StateTag state={row.state} /> },
          { key: "placed", title: common("time"), render: (_, row) => <Time at={row.placed_at} /> },
          {
            key: "total",
            title: "",
            align: "right",
            render: (_, row) => <Money amount={row.total} currency={row.currency} />,
          },
        ]}
      />
    </>
  );
}
