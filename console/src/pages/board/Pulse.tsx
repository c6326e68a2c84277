import { Link } from "react-router";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import * as links from "@/pages/board/links";
import type { Figures } from "@/pages/board/live";
import { Bar, Panel } from "@/pages/board/parts";
import { useShown } from "@/pages/board/useBoard";
import { words } from "@/pages/board/words";
import { quantity } from "@/ui/format";
import { useCommon, wordFor } from "@/words/common";
import { useWords } from "@/words/words";

const RATE_S = 10;
const SPAN_S = 5;
const WIDTH = 600;
const HEIGHT = 72;

/** Orders as they come in: a second each, and by channel. */
export function Pulse() {
  const t = useWords(words);
  const { language } = usePreferences();
  const pulse = useShown(({ figures }) => figures.pulse);
  const rate = pulse.orders.slice(-RATE_S).reduce((sum, count) => sum + count, 0) / RATE_S;
  const rates = ratesOf(pulse);
  const most = Math.max(...rates);
  const highest = quantity(most, language, most < 100 ? 1 : 0);
  const now = quantity(rate, language, rate < 100 ? 1 : 0);
  return (
    <Panel title={t("pulse")}>
      <div className="board-pulse">
        <div className="board-rate">
          <span className="num board-huge" data-figure="rate">
            {now}
          </span>
          <span className="board-note">{t("per_second")}</span>
        </div>
        <figure
          role="img"
          aria-label={t("pulse_label", { now, most: highest })}
          style={{ margin: 0, flex: 1, minWidth: 0 }}
        >
          <Spark rates={rates} most={most} />
          <figcaption aria-hidden className="board-axis">
            <span>{t("ago")}</span>
            <span className="num">{t("most", { value: highest })}</span>
            <span>{t("now")}</span>
          </figcaption>
        </figure>
      </div>
      <Channels />
    </Panel>
  );
}

/** The mean of each five whole seconds, so that few orders make a line, too. The spans stand still as time moves on. */
export function ratesOf(pulse: Figures["pulse"]): number[] {
  const extra = Math.round(Date.parse(pulse.until) / 1000) % SPAN_S;
  const whole = pulse.orders.slice(0, pulse.orders.length - extra);
  const rates: number[] = [];
  for (let end = whole.length; end >= SPAN_S; end -= SPAN_S) {
    rates.unshift(whole.slice(end - SPAN_S, end).reduce((sum, count) => sum + count, 0) / SPAN_S);
  }
  return rates;
}

function Spark({ rates, most }: { rates: readonly number[]; most: number }) {
  const look = useLook();
  const height = (rate: number) => HEIGHT - 1 - (rate / Math.max(0.2, most)) * (HEIGHT - 6);
  const step = WIDTH / Math.max(1, rates.length - 1);
  const line = rates.map((rate, i) => `${(i * step).toFixed(1)},${height(rate).toFixed(1)}`).join(" ");
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      style={{ display: "block", width: "100%", height: HEIGHT }}
    >
      <polygon points={`0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} fill={look.tone.info.fill} />
      <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke={look.border} strokeWidth="1" />
      <polyline
        points={line}
        fill="none"
        stroke={look.tone.info.mark}
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

const SPANS = ["minute", "hour", "today"] as const;

function Channels() {
  const t = useWords(words);
  const common = useCommon();
  const look = useLook();
  const { language } = usePreferences();
  const found = useShown(({ figures }) => figures.orders);
  const since = useShown((shown) => shown.since);
  const most = Math.max(1, ...found.by_channel.map(({ today }) => today));
  const figure = (value: number, to: string, name: string) => (
    <td key={name} className="num board-right">
      {value === 0 ? (
        <span className="muted">0</span>
      ) : (
        <Link to={to} data-figure={name}>
          {quantity(value, language)}
        </Link>
      )}
    </td>
  );
  return (
    <table className="board-table">
      <thead>
        <tr>
          <th scope="col">{t("channel")}</th>
          <th scope="col" aria-hidden className="board-wide" />
          {SPANS.map((span) => (
            <th key={span} scope="col" className="board-right">
              {t(span)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {found.by_channel.map((row) => (
          <tr key={row.channel}>
            <th scope="row">{wordFor(common, "channel", row.channel)}</th>
            <td className="board-wide">
              <Bar share={row.today / most} color={look.channel[row.channel]} track="transparent" />
            </td>
            {SPANS.map((span) =>
              figure(
                row[span],
                links.orders({ channel: row.channel, placed_from: since[span] }),
                `${row.channel}-${span}`,
              ),
            )}
          </tr>
        ))}
        <tr className="board-total">
          <th scope="row">{t("total")}</th>
          <td className="board-wide" />
          {SPANS.map((span) =>
            figure(found[span], links.orders({ placed_from: since[span] }), `all-${span}`),
          )}
        </tr>
      </tbody>
    </table>
  );
}
