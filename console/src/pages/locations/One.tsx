import "@/pages/locations/one.css";
import { useQuery } from "@tanstack/react-query";
import { Flex, Progress, Skeleton } from "antd";
import { Link, useParams } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { About } from "@/pages/locations/About";
import { Causes } from "@/pages/locations/Causes";
import { Facts, Panel } from "@/pages/locations/parts";
import { Rejections } from "@/pages/locations/Rejections";
import { oneWords as words } from "@/pages/locations/words";
import { stockOf, workOf } from "@/ui/area";
import { EmptyState } from "@/ui/EmptyState";
import { Quantity, Time } from "@/ui/Figures";
import { moment, percent } from "@/ui/format";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

type Now = Schemas["LocationNow"];

const EVERY_MS = 3_000;
/** How a store is doing: its hours, what it can still take, what it has to do, what it refused and why. */
export default function One() {
  const { code = "" } = useParams();
  const t = useWords(words);
  const path = { params: { path: { code } } };
  const now = useQuery({
    queryKey: ["location-now", code],
    queryFn: () => data(api.GET("/v1/locations/{code}/now", path)),
    refetchInterval: EVERY_MS,
  });
  const about = useQuery({
    queryKey: ["location", code],
    queryFn: () => data(api.GET("/v1/locations/{code}", path)),
  });

  const error = now.error ?? about.error;
  if (error !== null) {
    return (
      <>
        <PageHeader title={t("title", { name: code })} />
        <ProblemAlert error={error} onRetry={() => void Promise.all([now.refetch(), about.refetch()])} />
      </>
    );
  }
  if (now.data === undefined || about.data === undefined) {
    return (
      <>
        <PageHeader title={t("title", { name: code })} />
        <Skeleton active paragraph={{ rows: 8 }} />
      </>
    );
  }
  const area = { location: code };
  const stock = stockOf(area);
  const orders = `/orders?location=${encodeURIComponent(code)}`;
  return (
    <>
      <PageHeader
        title={t("title", { name: about.data.name })}
        note={<span className="mono">{code}</span>}
        actions={
          <Flex wrap gap={16}>
            <Link to={orders}>{t("all_orders")}</Link>
            <Link to={`/stock?location=${encodeURIComponent(code)}`}>{t("all_stock")}</Link>
            <Link to={`/map?at=${encodeURIComponent(code)}`}>{t("on_map")}</Link>
          </Flex>
        }
      >
        <Hours now={now.data} />
      </PageHeader>
      <div className="ms-one">
        <Panel title={t("capacity")} id="capacity">
          <Capacity now={now.data} />
        </Panel>
        <Panel title={t("work")}>
          <Work now={now.data} />
        </Panel>
        {now.data.stock !== undefined && (
          <Panel title={t("stock")}>
            <Facts
              rows={[
                [t("units"), <Quantity key="n" value={now.data.stock.units} to={stock} />],
                [
                  t("reserved"),
                  <Quantity
                    key="n"
                    value={now.data.stock.reserved}
                    to={stockOf(area, { state: "reserved" })}
                  />,
                ],
                [t("records"), <Quantity key="n" value={now.data.stock.records} to={stock} />],
                [
                  t("out"),
                  <Quantity
                    key="n"
                    value={now.data.stock.records_out}
                    to={stockOf(area, { state: "out" })}
                  />,
                ],
              ]}
            />
          </Panel>
        )}
        <Panel title={t("promises")}>
          <Promises now={now.data} />
        </Panel>
        <Panel title={t("rejections")} id="rejections" wide>
          <Rejections now={now.data} />
        </Panel>
        <Panel title={t("causes")} id="causes" wide>
          <Causes code={code} zone={now.data.time_zone} />
        </Panel>
        <About location={about.data} />
      </div>
    </>
  );
}

function Hours({ now }: { now: Now }) {
  const t = useWords(words);
  const common = useCommon();
  const { from, until, open } = now.hours;
  const told = (at: string) => {
    const today = moment(at, "date", now.time_zone) === moment(now.at, "date", now.time_zone);
    return moment(at, today ? "time" : "minute", now.time_zone);
  };
  const text = !now.enabled
    ? t("disabled")
    : open
      ? until === null
        ? t("always_open")
        : t("open_until", { until: told(until) })
      : from === null
        ? t("closed")
        : t("closed_until", { from: told(from) });
  return (
    <Flex wrap gap="4px 16px" align="center" style={{ marginTop: 8 }}>
      <StateTag state={now.enabled && open ? "confirmed" : "cancelled"} text={text} />
      {now.enabled &&
        now.cut_offs.map(({ kind, at }) => {
          const today = moment(at, "date", now.time_zone) === moment(now.at, "date", now.time_zone);
          return (
            <span key={kind} className="muted">
              {t(today ? "cut_off" : "cut_off_next", { kind: wordFor(common, "kind", kind), at: told(at) })}
            </span>
          );
        })}
    </Flex>
  );
}

function Capacity({ now }: { now: Now }) {
  const t = useWords(words);
  const look = useLook();
  const { hour, day } = now.capacity;
  if (hour === null && day === null) return <p className="muted">{t("unlimited")}</p>;
  const bars = [
    [
      hour,
      now.hours.open
        ? t("hour")
        : t("hour_of", { from: moment(hour?.from ?? now.at, "minute", now.time_zone) }),
    ],
    [day, t("day")],
  ] as const;
  return bars.map(([capacity, name]) => {
    if (capacity === null) return null;
    const { used, limit, left } = capacity;
    const share = limit > 0 ? used / limit : 1;
    const tone = share >= 0.85 ? "danger" : share >= 0.6 ? "warning" : "info";
    const text = t("taken", { used, limit, left: Math.max(0, left) });
    return (
      <div key={name} style={{ marginBottom: 12 }}>
        <Flex justify="space-between" gap={12}>
          <span>{name}</span>
          <span className="num">{text}</span>
        </Flex>
        <Progress
          percent={Math.min(100, share * 100)}
          showInfo={false}
          aria-label={`${name}: ${text}`}
          strokeColor={look.tone[tone].mark}
          railColor={look.tone.neutral.fill}
        />
      </div>
    );
  });
}

function Work({ now }: { now: Now }) {
  const t = useWords(words);
  const common = useCommon();
  if (now.work.length === 0) return <EmptyState title={t("work_none")} />;
  const to = (wanted: Parameters<typeof workOf>[1]) => workOf({ location: now.location }, wanted);
  const all = now.work.reduce((sum, one) => sum + one.count, 0);
  const late = now.work.reduce((sum, one) => sum + one.late, 0);
  return (
    <table className="ms-one-table">
      <thead>
        <tr>
          <th scope="col">{common("state")}</th>
          <th scope="col">{common("quantity")}</th>
          <th scope="col">{t("late")}</th>
          <th scope="col">{t("next")}</th>
        </tr>
      </thead>
      <tbody>
        {now.work.map((one) => (
          <tr key={`${one.state} ${one.kind}`}>
            <th scope="row">
              <StateTag state={one.state} />{" "}
              <span className="muted">{wordFor(common, "kind", one.kind)}</span>
            </th>
            <td>
              <Quantity value={one.count} to={to({ state: one.state, kind: one.kind })} />
            </td>
            <td>
              <Quantity value={one.late} to={to({ state: one.state, kind: one.kind, late: true })} />
            </td>
            <td>
              <Time at={one.next_promised_at} zone={now.time_zone} />
            </td>
          </tr>
        ))}
        <tr>
          <th scope="row">{t("total")}</th>
          <td>
            <Quantity value={all} to={to({})} />
          </td>
          <td>
            <Quantity value={late} to={to({ late: true })} />
          </td>
          <td />
        </tr>
      </tbody>
    </table>
  );
}

/** What can have been promised and is not given up. */
const DUE = "open,in_progress,on_hold,closed";

function Promises({ now }: { now: Now }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const { due, kept, since } = now.promises;
  const span = { state: DUE, promised_from: since, promised_to: now.at };
  const to = (wanted: Parameters<typeof workOf>[1]) => workOf({ location: now.location }, wanted);
  if (due === 0) return <p className="muted">{t("none_due")}</p>;
  return (
    <>
      <div className="ms-one-large num">{t("kept", { share: percent(kept / due, language) })}</div>
      <div className="muted">
        {t("kept_short")} <Quantity value={kept} to={to({ ...span, kept: true })} /> · {t("due_short")}{" "}
        <Quantity value={due} to={to(span)} />
      </div>
    </>
  );
}
