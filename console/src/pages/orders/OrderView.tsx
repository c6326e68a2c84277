import { Col, Flex, Row } from "antd";
import { useParams } from "react-router";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { OrderActions } from "@/pages/orders/actions/Buttons";
import { Why } from "@/pages/orders/Why";
import { Lines } from "@/pages/orders/Lines";
import { Payments } from "@/pages/orders/Payments";
import { Returns } from "@/pages/orders/Returns";
import { Section } from "@/pages/orders/Section";
import { Shopper } from "@/pages/orders/Shopper";
import { Timeline } from "@/pages/orders/Timeline";
import { namesOf, OrderContext, useOrder } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import { Works } from "@/pages/orders/Works";
import { Money, Time } from "@/ui/Figures";
import { LiveBadge } from "@/ui/LiveBadge";
import { PageHeader } from "@/ui/PageHeader";
import { PageSkeleton } from "@/ui/PageSkeleton";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

export default function OrderView() {
  const { id = "" } = useParams();
  const t = useWords(words);
  const common = useCommon();
  const look = useLook();
  const { language } = usePreferences();
  const { order: asked, connection } = useOrder(id);
  const order = asked.data;

  if (order === undefined) {
    return asked.error === null ? (
      <PageSkeleton />
    ) : (
      <>
        <PageHeader title={t("order_title")} />
        <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />
      </>
    );
  }
  return (
    <OrderContext value={{ order }}>
      <PageHeader
        title={t("order_title")}
        note={<LiveBadge connection={connection} />}
        actions={<OrderActions />}
      >
        <Flex wrap gap="4px 16px" align="center" style={{ marginTop: 8, color: look.muted }}>
          <strong className="mono" style={{ color: look.text, fontSize: 15 }}>
            {order.channel_order_id}
          </strong>
          <StateTag state={order.state} />
          <span>{wordFor(common, "channel", order.channel)}</span>
          <span>
            {t("placed")}{" "}
            <Time at={order.placed_at} precision="second" zone={namesOf(order, language).zone()} />
          </span>
          <strong style={{ color: look.text }}>
            <Money amount={order.total} currency={order.currency} />
          </strong>
        </Flex>
      </PageHeader>
      <Row gutter={16}>
        <Col xs={24} xl={16}>
          <Section title={t("work")}>
            <Works />
          </Section>
          <Section title={t("lines")} flush>
            <Lines />
          </Section>
          <Why />
        </Col>
        <Col xs={24} xl={8}>
          <Section title={t("timeline")}>
            <Timeline />
          </Section>
          <Shopper />
          <Section title={t("payments")}>
            <Payments />
          </Section>
          {order.returns.length > 0 && (
            <Section title={t("returns")}>
              <Returns />
            </Section>
          )}
        </Col>
      </Row>
    </OrderContext>
  );
}
