import { useQuery } from "@tanstack/react-query";
import { Flex, Skeleton } from "antd";
import { useMemo } from "react";
import { useReasonText } from "@/api/choices";
import { api, data, type Schemas } from "@/api/client";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { againstPeers, hourRange, loadWords } from "@/pages/locations/rejecting";
import { Facts } from "@/pages/locations/parts";
import { oneWords as words } from "@/pages/locations/words";
import type { Look } from "@/theme";
import { Chart } from "@/ui/Chart";
import { EmptyState } from "@/ui/EmptyState";
import { Money, Time } from "@/ui/Figures";
import { percent, quantity } from "@/ui/format";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

type Told = Schemas["LocationRejections"];

const CHART_PX = 200;

/** Why a location rejects, when, and how that compares with its group; what routing reckons with now. */
export function Causes({ code, zone }: { code: string; zone: string }) {
  const t = useWords(words);
  const found = useQuery({
    queryKey: ["location-rejections", code],
    queryFn: () => data(api.GET("/v1/locations/{code}/rejections", { params: { path: { code } } })),
  });
  if (found.error !== null) return <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton active paragraph={{ rows: 6 }} />;
  const told = found.data;
  if (told.assigned === 0)
    return <EmptyState title={t(told.at === null ? "causes_not_yet" : "causes_none", { days: told.days })} />;
  return (
    <>
      <div className="ms-one-causes">
        <div>
          <Summary told={told} />
          <Reasons told={told} />
          <Foreseen told={told} />
        </div>
        <div>
          <Hours told={told} />
          <Loads told={told} />
        </div>
      </div>
      <p className="muted">
        {t("causes_of", { days: told.days })} <Time at={told.at} zone={zone} precision="minute" />
      </p>
    </>
  );
}

function Summary({ told }: { told: Told }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const { peers, peak } = told;
  const share = (value: number | null) => percent(value ?? 0, language);
  return (
    <>
      <div className="ms-one-large num">{t("causes_share", { share: share(told.share) })}</div>
      <div className="muted">
        {t("causes_count", {
          rejected: quantity(told.rejected, language),
          assigned: quantity(told.assigned, language),
          short: quantity(told.short, language),
        })}
      </div>
      {peers !== null && (
        <p>
          {t(`causes_${againstPeers(told)}`, {
            share: share(peers.share),
            who: t(`peers_${peers.of}`, { name: peers.name, n: peers.locations }),
          })}
        </p>
      )}
      {peak !== null && (
        <p>
          {t(peak.load_from === null ? "causes_peak" : "causes_peak_load", {
            share: percent(peak.share, language, 0),
            hours: hourRange(peak.from_hour, peak.until_hour),
            load: percent(peak.load_from ?? 0, language, 0),
          })}
        </p>
      )}
    </>
  );
}

function Reasons({ told }: { told: Told }) {
  const t = useWords(words);
  const look = useLook();
  const reason = useReasonText();
  const { language } = usePreferences();
  if (told.reasons.length === 0) return null;
  return (
    <>
      <h3>{t("causes_reasons")}</h3>
      <ul className="ms-one-bars">
        {told.reasons.map((one) => (
          <li key={one.reason}>
            <Flex justify="space-between" gap={12}>
              <span>{reason(one.reason)}</span>
              <span className="num">
                {quantity(one.orders, language)} · {percent(one.orders / told.rejected, language, 0)}
              </span>
            </Flex>
            <div aria-hidden style={{ background: look.tone.neutral.fill }}>
              <div
                style={{
                  width: `${String((100 * one.orders) / told.rejected)}%`,
                  background: look.tone.danger.mark,
                }}
              />
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Foreseen({ told }: { told: Told }) {
  const t = useWords(words);
  const common = useCommon();
  const { language } = usePreferences();
  if (told.foreseen.length === 0) return null;
  return (
    <>
      <h3>{t("causes_now")}</h3>
      <Facts
        rows={told.foreseen.map((one) => [
          wordFor(common, "kind", one.kind),
          <span key={one.kind} className="num">
            {percent(one.probability, language)} · <Money amount={one.cost} currency={told.currency} />
          </span>,
        ])}
      />
    </>
  );
}

function Hours({ told }: { told: Told }) {
  const t = useWords(words);
  const look = useLook();
  const { language } = usePreferences();
  const option = useMemo(
    () => hourOption(told, look, [t("causes_here"), t("causes_peers")], (share) => percent(share, language)),
    [told, look, t, language],
  );
  return (
    <>
      <h3>{t("causes_hours")}</h3>
      <Chart option={option} height={CHART_PX} label={t("causes_hours")} />
    </>
  );
}

function hourOption(told: Told, look: Look, names: [string, string], text: (share: number) => string) {
  const first = Math.min(...told.hours.map((one) => one.hour));
  const last = Math.max(...told.hours.map((one) => one.hour));
  const hours = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const by = new Map(told.hours.map((one) => [one.hour, one]));
  return {
    grid: { left: 4, right: 8, top: 32, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: { top: 0, left: 0 },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (value: unknown) => (typeof value === "number" ? text(value) : "–"),
    },
    xAxis: { type: "category", data: hours.map((hour) => `${String(hour)}:00`) },
    yAxis: { type: "value", min: 0, axisLabel: { formatter: text } },
    series: [
      {
        name: names[0],
        type: "bar",
        barMaxWidth: 20,
        itemStyle: { color: look.tone.danger.mark },
        data: hours.map((hour) => by.get(hour)?.share ?? null),
      },
      {
        name: names[1],
        type: "line",
        symbolSize: 5,
        lineStyle: { width: 2, color: look.tone.neutral.mark },
        itemStyle: { color: look.tone.neutral.mark },
        data: hours.map((hour) => by.get(hour)?.peers_share ?? null),
      },
    ],
  };
}

function Loads({ told }: { told: Told }) {
  const t = useWords(words);
  const { language } = usePreferences();
  const share = (value: number | null) => (value === null ? "–" : percent(value, language));
  return (
    <table className="ms-one-table">
      <thead>
        <tr>
          <th scope="col">{t("causes_load")}</th>
          <th scope="col">{t("causes_assigned")}</th>
          <th scope="col">{t("causes_rejected")}</th>
          <th scope="col">{t("causes_here")}</th>
          <th scope="col">{t("causes_peers")}</th>
        </tr>
      </thead>
      <tbody>
        {told.loads.map((one) => (
          <tr key={String(one.load_from)}>
            <th scope="row">{loadWords(one, t, (value) => percent(value, language, 0))}</th>
            <td className="num">{quantity(one.assigned, language)}</td>
            <td className="num">{quantity(one.rejected, language)}</td>
            <td className="num">{share(one.share)}</td>
            <td className="num">{share(one.peers_share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
