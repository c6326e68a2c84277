import { Flex } from "antd";
import { useReasonText } from "@/api/choices";
import { useLook } from "@/app/look";
import { WorkActions } from "@/pages/orders/actions/Buttons";
import type { Work } from "@/pages/orders/order";
import { useAnchor } from "@/pages/orders/useAnchor";
import { useHere } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import { EmptyState } from "@/ui/EmptyState";
import { Quantity, Time } from "@/ui/Figures";
import { LocationLink } from "@/ui/Links";
import { StateTag } from "@/ui/StateTag";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

/** Each location's part of the order: how far it is, what was promised, what can be done. */
export function Works() {
  const t = useWords(words);
  const { order } = useHere();
  if (order.fulfilment_orders.length === 0) return <EmptyState title={t("no_work")} />;
  return (
    <Flex vertical gap={16}>
      {order.fulfilment_orders.map((work) => (
        <WorkPart key={work.id} work={work} />
      ))}
    </Flex>
  );
}

function WorkPart({ work }: { work: Work }) {
  const t = useWords(words);
  const common = useCommon();
  const look = useLook();
  const reason = useReasonText();
  const { names } = useHere();
  const zone = names.zone(work.location);
  const over = ["rejected", "cancelled"].includes(work.state);
  return (
    <article
      ref={useAnchor(work.id)}
      id={work.id}
      tabIndex={-1}
      aria-label={`${names.place(work.location)} ${work.id.slice(-2)}`}
      style={{
        borderInlineStart: `3px solid ${over ? look.line : look.tone.info.mark}`,
        paddingInlineStart: 12,
      }}
    >
      <Flex wrap justify="space-between" gap={8}>
        <Flex wrap gap="4px 12px" align="center">
          <LocationLink code={work.location} name={names.place(work.location)} />
          <span className="muted">{wordFor(common, "kind", work.kind)}</span>
          <StateTag state={work.state} />
          {work.stage !== work.state && <StateTag state={work.stage} />}
        </Flex>
        <WorkActions work={work} />
      </Flex>
      <Flex wrap gap="4px 16px" style={{ marginTop: 4, fontSize: 13 }}>
        {work.promised_to !== null && (
          <span>
            {t("promised_window")} <Time at={work.promised_from} zone={zone} /> –{" "}
            <Time at={work.promised_to} zone={zone} />
          </span>
        )}
        {work.collect_by !== null && (
          <span>
            {t("collect_by")} <Time at={work.collect_by} zone={zone} />
          </span>
        )}
        {work.reject_reason !== null && (
          <span style={{ color: look.tone.danger.text }}>
            {t("why_rejected", { reason: reason(work.reject_reason) })}
          </span>
        )}
        {work.hold_reason !== null && (
          <span style={{ color: look.tone.warning.text }}>{t("why_held", { reason: work.hold_reason })}</span>
        )}
      </Flex>
      <ul style={{ margin: "4px 0 0", paddingInlineStart: 0, listStyle: "none", fontSize: 13 }}>
        {work.lines.map((part) => (
          <li key={part.line}>
            <Quantity value={part.quantity} /> × {names.offer(part.offer)}
            <span className="muted">
              {part.picked > 0 && ` · ${t("picked")} ${part.picked}`}
              {part.shipped > 0 && ` · ${t("shipped")} ${part.shipped}`}
              {part.short > 0 && ` · ${t("short")} ${part.short}`}
              {part.withdrawn > 0 && ` · ${t("cancelled")} ${part.withdrawn}`}
            </span>
          </li>
        ))}
        {work.packages.map((parcel, at) => (
          <li key={`${parcel.tracking} ${at}`}>
            {t("parcel", { number: at + 1 })}: {parcel.carrier}{" "}
            <span className="mono">{parcel.tracking || t("no_tracking")}</span> · {t("sent_at")}{" "}
            <Time at={parcel.shipped_at} zone={zone} />
            {parcel.delivered_at !== null && (
              <>
                {" "}
                · {t("arrived_at")} <Time at={parcel.delivered_at} zone={zone} />
              </>
            )}
          </li>
        ))}
      </ul>
    </article>
  );
}
