/** The shopper's page: opened by a link, on a phone, by somebody who never heard of us. Nothing personal is on it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Flex, Skeleton } from "antd";
import { useEffect, type ReactNode } from "react";
import { useParams } from "react-router";
import { api, data } from "@/api/client";
import { isProblem } from "@/api/problem";
import { useLook } from "@/app/look";
import { setPreference, usePreferences } from "@/app/preferences";
import { Items } from "@/pages/track/Items";
import { PartCard } from "@/pages/track/PartCard";
import { Progress } from "@/pages/track/Progress";
import { isOver, stepsOf, type Tracking } from "@/pages/track/steps";
import { instant, span } from "@/pages/track/times";
import { words } from "@/pages/track/words";
import { useWords } from "@/words/words";

const EVERY_MS = 10_000;

export default function Track() {
  const { token = "" } = useParams();
  const t = useWords(words);
  const order = useQuery({
    queryKey: ["track", token],
    queryFn: () => data(api.GET("/v1/track/{token}", { params: { path: { token } } })),
    refetchInterval: ({ state }) => (state.data !== undefined && isOver(state.data.state) ? false : EVERY_MS),
    placeholderData: keepPreviousData,
    retry: (failures, error) => failures < 2 && !(isProblem(error) && [404, 410].includes(error.status)),
  });
  const brand = order.data?.brand;
  useEffect(() => {
    if (brand !== undefined) document.title = `${t("nav")} · ${brand}`;
  }, [brand, t, order.data]);

  const refused = isProblem(order.error) && [404, 410].includes(order.error.status);
  const shown = refused ? undefined : order.data;
  return (
    <Frame brand={shown?.brand}>
      <meta name="robots" content="noindex" />
      {shown !== undefined ? (
        <Order order={shown} lost={order.error !== null ? order.dataUpdatedAt : undefined} />
      ) : order.error !== null ? (
        <Refused error={order.error} onRetry={refused ? undefined : () => void order.refetch()} />
      ) : (
        <div role="status" aria-label={t("loading")}>
          <Skeleton active paragraph={{ rows: 6 }} />
        </div>
      )}
    </Frame>
  );
}

function Frame({ brand, children }: { brand: string | undefined; children: ReactNode }) {
  const look = useLook();
  const t = useWords(words);
  const { language } = usePreferences();
  return (
    <div style={{ minHeight: "100%", background: look.page, color: look.text }}>
      <header style={{ background: look.surface, borderBottom: `1px solid ${look.line}` }}>
        <Flex align="center" justify="space-between" style={{ ...COLUMN, height: 52, padding: "0 16px" }}>
          <strong style={{ fontWeight: 600, fontSize: 16 }}>{brand}</strong>
          <Button
            type="text"
            lang={language === "zh" ? "en" : "zh-CN"}
            onClick={() => setPreference("language", language === "zh" ? "en" : "zh")}
          >
            {t("other_language")}
          </Button>
        </Flex>
      </header>
      <main style={{ ...COLUMN, padding: "16px 16px 40px" }}>{children}</main>
    </div>
  );
}

const COLUMN = { maxWidth: 520, margin: "0 auto", boxSizing: "border-box" } as const;

function Order({ order, lost }: { order: Tracking; lost: number | undefined }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const parts = order.parts;
  const alone = parts.length === 1 ? parts[0] : undefined;
  return (
    <Flex vertical gap={16}>
      {lost !== undefined && (
        <Notice tone="warning">{t("lost", { at: instant(new Date(lost).toISOString(), language) })}</Notice>
      )}
      <section aria-labelledby="state">
        <h1
          id="state"
          style={{ margin: 0, fontSize: 26, lineHeight: 1.25, fontWeight: 650 }}
          aria-live="polite"
        >
          {order.words}
        </h1>
        <Expected order={order} />
        <Progress steps={stepsOf(order)} />
      </section>
      {order.partly_cancelled && <Notice tone="warning">{t("partly_cancelled")}</Notice>}
      {order.partly_returned && <Notice tone="info">{t("partly_returned")}</Notice>}
      {order.state === "cancelled" && <Notice tone="neutral">{t("all_cancelled")}</Notice>}
      {parts.map((part, i) => (
        <PartCard
          key={i}
          part={part}
          order={order}
          title={
            alone === undefined
              ? `${t("part", { n: i + 1, count: parts.length })} · ${part.words}`
              : undefined
          }
        />
      ))}
      <Items lines={order.lines} />
      <footer className="muted" style={{ fontSize: 13, lineHeight: 1.6 }}>
        <div>{t("updated", { at: instant(order.updated_at, language) })}</div>
        <div>{t("expires", { at: instant(order.link_expires_at, language) })}</div>
      </footer>
    </Flex>
  );
}

/** What the shopper waits for, or has to do, in one sentence. */
function Expected({ order }: { order: Tracking }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const part =
    order.parts.find((one) => one.state === "ready") ?? order.parts.find((one) => one.promised_to !== null);
  const zone = part?.store?.time_zone;
  if (isOver(order.state)) return null;
  let text = "";
  if (order.pay_by !== null) text = t("pay_by", { at: instant(order.pay_by, language) });
  else if (part?.state === "ready")
    text =
      part.collect_by === null
        ? t("collect_any")
        : t("collect_by", { at: instant(part.collect_by, language, zone) });
  else if (part !== undefined && part.promised_to !== null)
    text = t(part.kind === "pick_up" ? "ready_by" : "arrives", {
      window: span(part.promised_from, part.promised_to, language, zone),
    });
  return text === "" ? null : <p style={{ margin: "6px 0 0", fontSize: 16 }}>{text}</p>;
}

function Notice({ tone, children }: { tone: "warning" | "info" | "neutral"; children: ReactNode }) {
  const { text, fill } = useLook().tone[tone];
  return (
    <div role="status" style={{ padding: "10px 12px", borderRadius: 8, color: text, background: fill }}>
      {children}
    </div>
  );
}

function Refused({ error, onRetry }: { error: Error; onRetry: (() => void) | undefined }) {
  const t = useWords(words);
  const problem = isProblem(error) ? error : undefined;
  return (
    <section style={{ paddingTop: 48, textAlign: "center" }}>
      <h1 style={{ margin: 0, fontSize: 22, fontWeight: 650 }}>{problem?.title ?? t("title")}</h1>
      <p style={{ fontSize: 16 }}>{problem?.detail}</p>
      {onRetry !== undefined && (
        <Button type="primary" size="large" onClick={onRetry}>
          {t("again")}
        </Button>
      )}
    </section>
  );
}
