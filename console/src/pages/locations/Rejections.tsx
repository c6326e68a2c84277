import { Flex } from "antd";
import { useReasonText } from "@/api/choices";
import type { Schemas } from "@/api/client";
import { oneWords as words } from "@/pages/locations/words";
import { EmptyState } from "@/ui/EmptyState";
import { Time } from "@/ui/Figures";
import { OrderLink } from "@/ui/Links";
import { StateTag } from "@/ui/StateTag";
import { useWords } from "@/words/words";

/** What a location refused lately: how often for which reason, and which orders. */
export function Rejections({ now }: { now: Schemas["LocationNow"] }) {
  const t = useWords(words);
  const reason = useReasonText();
  const { reasons, latest } = now.rejections;
  if (latest.length === 0) return <EmptyState title={t("rejections_none")} />;
  return (
    <>
      <Flex wrap gap={8} style={{ marginBottom: 8 }}>
        {reasons.map((one) => (
          <StateTag key={one.reason} state="rejected" text={`${reason(one.reason)} ${one.count}`} />
        ))}
      </Flex>
      <table className="ms-one-table">
        <thead>
          <tr>
            <th scope="col">{t("order")}</th>
            <th scope="col" className="ms-one-text">
              {t("reason")}
            </th>
            <th scope="col">{t("at")}</th>
          </tr>
        </thead>
        <tbody>
          {latest.map((one) => (
            <tr key={one.fulfilment_order}>
              <th scope="row">
                <OrderLink id={one.order} label={one.channel_order_id} />
              </th>
              <td className="ms-one-text">{reason(one.reason)}</td>
              <td>
                <Time at={one.at} zone={now.time_zone} precision="second" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
