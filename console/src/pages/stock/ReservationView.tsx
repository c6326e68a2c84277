import { useQuery } from "@tanstack/react-query";
import { Card, Descriptions, Skeleton } from "antd";
import { Link, useParams } from "react-router";
import { api, data } from "@/api/client";
import { bucketPath } from "@/pages/stock/parts";
import { reservationWords, words } from "@/pages/stock/words";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Quantity, Time } from "@/ui/Figures";
import { LocationLink, OfferLink, OrderLink } from "@/ui/Links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

/** What a cart has reserved, until when, or how that ended. */
export default function ReservationView() {
  const { id = "" } = useParams();
  const t = useWords(words);
  const page = useWords(reservationWords);
  const common = useCommon();
  const found = useQuery({
    queryKey: ["reservation", id],
    queryFn: () => data(api.GET("/v1/reservations/{id}", { params: { path: { id } } })),
  });
  const one = found.data;
  const lines = one?.lines ?? [];
  return (
    <>
      <PageHeader title={page("title")} note={<span className="mono">{id}</span>} />
      {found.error !== null ? (
        <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />
      ) : one === undefined ? (
        <Skeleton active />
      ) : (
        <>
          <Card size="small" style={{ marginBottom: 16, maxWidth: 560 }}>
            <Descriptions
              size="small"
              column={1}
              items={[
                { key: "state", label: common("state"), children: <StateTag state={one.state} /> },
                ...(one.cart ? [{ key: "cart", label: t("cart"), children: one.cart }] : []),
                ...(one.ended_at !== undefined
                  ? [
                      {
                        key: "ended",
                        label: t("ended"),
                        children: <Time at={one.ended_at} precision="second" />,
                      },
                    ]
                  : [
                      {
                        key: "until",
                        label: t("until"),
                        children: <Time at={one.expires_at} precision="second" />,
                      },
                    ]),
                ...(one.order !== undefined
                  ? [{ key: "order", label: common("order"), children: <OrderLink id={one.order} /> }]
                  : []),
              ]}
            />
          </Card>
          <DataTable<(typeof lines)[number]>
            label={t("reserved")}
            rowKey={(row) => `${row.location} ${row.offer} ${row.window ?? ""} ${row.lot ?? ""}`}
            dataSource={lines}
            locale={{ emptyText: <EmptyState title={t("claims_none")} /> }}
            columns={[
              {
                key: "location",
                title: common("location"),
                render: (_, row) => <LocationLink code={row.location} />,
              },
              { key: "offer", title: common("offer"), render: (_, row) => <OfferLink sku={row.offer} /> },
              {
                key: "quantity",
                title: t("quantity"),
                align: "right",
                render: (_, row) => <Quantity value={row.quantity} to={bucketPath(row, "reserved")} />,
              },
              {
                key: "movements",
                title: t("movements"),
                render: (_, row) => <Link to={`${bucketPath(row)}?subject=${id}`}>{t("movements")}</Link>,
              },
            ]}
          />
        </>
      )}
    </>
  );
}
