import { Flex, Segmented } from "antd";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { useCan } from "@/api/me";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { PlanMap } from "@/pages/orders/PlanMap";
import { Section } from "@/pages/orders/Section";
import { useDecisions, useHere, type Decision } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import type { Look } from "@/theme";
import { Chart } from "@/ui/Chart";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Money, Time } from "@/ui/Figures";
import { money, quantity } from "@/ui/format";
import { LocationLink } from "@/ui/Links";
import { PageSkeleton } from "@/ui/PageSkeleton";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { StateTag } from "@/ui/StateTag";
import { useWords, type Translate } from "@/words/words";

type Candidate = Decision["chosen"][number] & { chosen: boolean; later: number };
const TERMS = ["carriage", "handling", "rejection", "later", "rank"] as const;
/** The terms that make a difference here: carriage and handling, and what else anybody is charged for. */
const termsOf = (candidates: readonly Candidate[]) =>
  TERMS.filter((term, at) => at < 2 || candidates.some((one) => one[term] !== 0));
const ROW_PX = 30;
const FRAME_PX = 64;

/** The decision log: why this store, why not that one, in words, on the map and as costs; every re-routing. */
export function Why() {
  const t = useWords(words);
  const { order } = useHere();
  const log = useDecisions(order.id);
  const [picked, setPicked] = useState<number>();
  const decisions = log.data?.decisions ?? [];
  const decision = decisions.find(({ number }) => number === picked) ?? decisions.at(-1);
  const title = (number: number) =>
    number === 1 ? t("decision_first") : t("decision_again", { number: number - 1 });

  if (log.error !== null) return <ProblemAlert error={log.error} onRetry={() => void log.refetch()} />;
  return (
    <>
      <Section
        title={t("why")}
        extra={
          decisions.length > 1 && (
            <Segmented
              aria-label={t("why")}
              value={decision?.number}
              onChange={setPicked}
              options={decisions.map(({ number }) => ({ value: number, label: title(number) }))}
            />
          )
        }
      >
        {log.isPending && <PageSkeleton />}
        {log.data !== undefined && decision === undefined && <EmptyState title={t("no_decision")} />}
        {decision !== undefined && <Explained decision={decision} />}
      </Section>
      <Section title={t("plan")}>
        <PlanMap decision={decision} />
      </Section>
    </>
  );
}

function Explained({ decision }: { decision: Decision }) {
  const t = useWords(words);
  const { names } = useHere();
  const candidates = useMemo(() => candidatesOf(decision), [decision]);
  return (
    <Flex vertical gap={12}>
      <div className="muted">
        <Time at={decision.decided_at} precision="second" zone={names.zone()} /> ·{" "}
        {decision.policy_version === 0
          ? t("policy_default")
          : t("policy_version", { version: decision.policy_version })}
        {decision.holders !== undefined &&
          ` · ${t("carry", { holders: decision.holders, candidates: decision.candidates ?? 0 })}`}
      </div>
      <ul aria-label={t("why")} style={{ margin: 0, paddingInlineStart: 18, lineHeight: 1.7 }}>
        {decision.words.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {candidates.length > 0 && <Costs candidates={candidates} />}
      {decision.near.length + (decision.left_out?.length ?? 0) > 0 && <LeftOut decision={decision} />}
    </Flex>
  );
}

const candidatesOf = ({ chosen, others }: Decision): Candidate[] =>
  [...chosen, ...others].map((one, at) => ({
    ...one,
    chosen: at < chosen.length,
    later: one.stock_worth + one.room_worth,
  }));

/** The terms of each candidate's cost, stacked; the same in a table, which opens the locations. */
function Costs({ candidates }: { candidates: Candidate[] }) {
  const t = useWords(words);
  const look = useLook();
  const { order } = useHere();
  const { language } = usePreferences();
  const navigate = useNavigate();
  const mayOpen = useCan("locations:read");
  const option = useMemo(
    () => costOption(candidates, look, t, (amount) => money(amount, order.currency, language)),
    [candidates, look, t, order.currency, language],
  );
  const cost = (amount: number) => <Money amount={amount} currency={order.currency} />;
  return (
    <>
      <Chart
        option={option}
        height={candidates.length * ROW_PX + FRAME_PX}
        label={t("cost_chart")}
        onClick={({ dataIndex }) => {
          const code = candidates[candidates.length - 1 - dataIndex]?.location;
          if (mayOpen && code !== undefined) void navigate(`/locations/${encodeURIComponent(code)}`);
        }}
      />
      <DataTable<Candidate>
        label={t("cost_chart")}
        rowKey="location"
        sticky={false}
        dataSource={candidates}
        scroll={{ x: "max-content" }}
        columns={[
          {
            key: "location",
            title: t("candidate"),
            render: (_, one) => (
              <Flex gap={8} align="center">
                <LocationLink code={one.location} name={one.name} />
                {one.chosen && <StateTag state="chosen" tone="success" text={t("chosen")} />}
              </Flex>
            ),
          },
          {
            key: "km",
            title: t("km"),
            align: "right",
            render: (_, one) => <span className="num">{quantity(one.km, language, 1)} km</span>,
          },
          { key: "lines", title: t("serves"), align: "right", render: (_, one) => one.lines.join(", ") },
          ...termsOf(candidates).map((term) => ({
            key: term,
            title: term === "later" ? <span title={t("later_help")}>{t(term)}</span> : t(term),
            align: "right" as const,
            render: (_: unknown, one: Candidate) => cost(one[term]),
          })),
          {
            key: "cost",
            title: t("cost"),
            align: "right",
            render: (_, one) => <strong>{cost(one.cost)}</strong>,
          },
        ]}
      />
    </>
  );
}

function costOption(
  candidates: Candidate[],
  look: Look,
  t: Translate<keyof typeof words.en>,
  text: (amount: number) => string,
) {
  const upwards = [...candidates].reverse(); // a chart's rows begin at the bottom
  const { categories, tone } = look;
  const colours = {
    carriage: categories[0],
    handling: categories[4],
    rejection: tone.danger.mark,
    later: categories[7],
    rank: categories[3],
  };
  const terms = termsOf(candidates);
  return {
    grid: {
      left: 8,
      right: 72,
      top: 32,
      bottom: 8,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    legend: { type: "scroll", top: 0, left: 0, right: 0 },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (value: unknown) => text(Number(value)),
    },
    xAxis: { type: "value", axisLabel: { formatter: (value: number) => text(value), hideOverlap: true } },
    yAxis: {
      type: "category",
      data: upwards.map((one) => (one.chosen ? `✓ ${one.name}` : one.name)),
      axisLabel: { width: 200, overflow: "truncate", color: look.text },
    },
    series: terms.map((term, at) => ({
      name: t(term),
      type: "bar",
      stack: "cost",
      barMaxWidth: 16,
      itemStyle: { color: colours[term] },
      data: upwards.map((one) => ({ value: one[term], itemStyle: { opacity: one.chosen ? 1 : 0.55 } })),
      ...(at === terms.length - 1 && {
        label: {
          show: true,
          position: "right",
          color: look.text,
          formatter: ({ dataIndex }: { dataIndex: number }) => text(upwards[dataIndex]?.cost ?? 0),
        },
      }),
    })),
  };
}

function LeftOut({ decision }: { decision: Decision }) {
  const t = useWords(words);
  const { language } = usePreferences();
  return (
    <div>
      <h3 style={{ margin: "0 0 4px", fontSize: 14 }}>{t("left_out")}</h3>
      <Flex wrap gap={8} style={{ marginBottom: 8 }}>
        {(decision.left_out ?? []).map((one) => (
          <StateTag
            key={one.reason}
            state={one.reason}
            tone="neutral"
            text={t("left_out_count", { count: one.locations, text: one.text })}
          />
        ))}
      </Flex>
      <ul style={{ margin: 0, paddingInlineStart: 18, fontSize: 13 }}>
        {decision.near.map((one) => (
          <li key={one.location}>
            <LocationLink code={one.location} name={one.name} />{" "}
            <span className="muted">
              {quantity(one.km, language, 1)} km · {one.text}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
