import { Link } from "react-router";
import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import * as links from "@/pages/board/links";
import { Bar, Panel, Term } from "@/pages/board/parts";
import { useShown } from "@/pages/board/useBoard";
import { words } from "@/pages/board/words";
import { percent, quantity } from "@/ui/format";
import { useWords } from "@/words/words";

/** How near by today's orders are served, and what stores spare the warehouses. */
export function NearBy() {
  const t = useWords(words);
  const look = useLook();
  const { language } = usePreferences();
  const found = useShown(({ figures }) => figures.served);
  const since = useShown((shown) => shown.since);
  const share = found.near_by_pct === null ? null : found.near_by_pct / 100;
  const facts = [
    {
      name: "pre_stock",
      value: found.pre_stock_avoided,
      about: t("pre_stock_about"),
      to: links.workToday(since, { location_kind: "store,partner" }),
    },
    {
      name: "rejected",
      value: found.rejected,
      about: t("rejected_about"),
      to: links.work({ state: "rejected", placed_from: since.today }),
    },
    { name: "sold_out", value: found.sold_out, about: t("sold_out_about"), to: "/sold-out" },
  ] as const;
  return (
    <Panel title={t("near_by")}>
      <div className="board-share">
        <span className="num board-huge" data-figure="near_by_pct">
          {share === null ? "–" : percent(share, language)}
        </span>
        <Term about={t("units_about")}>{t("near_by_share")}</Term>
      </div>
      <Bar share={share ?? 0} color={look.categories[0]!} track={look.tone.neutral.fill} />
      <div className="board-legend">
        {(
          [
            ["stores", found.units_near_by, look.categories[0]!, "store,partner"],
            ["warehouses", found.units - found.units_near_by, look.tone.neutral.fill, "warehouse"],
          ] as const
        ).map(([name, units, color, location_kind]) => (
          <span key={name}>
            <i aria-hidden style={{ background: color, borderColor: look.border }} />
            {t(name)}{" "}
            <Link className="num" data-figure={name} to={links.workToday(since, { location_kind })}>
              {quantity(units, language)}
            </Link>{" "}
            {t("units")}
          </span>
        ))}
      </div>
      <dl className="board-facts">
        {facts.map(({ name, value, about, to }) => (
          <div key={name} style={{ borderColor: look.line }}>
            <dt>
              <Term about={about}>{t(name)}</Term>
            </dt>
            <dd className="num">
              {value === null || value === 0 ? (
                <span className="muted">{value ?? "–"}</span>
              ) : (
                <Link to={to} data-figure={name}>
                  {quantity(value, language)}
                </Link>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

const HALVES = ["north", "south"] as const;

/** How far what is sent has to go, and how much of it comes on the same day, North and South. */
export function Destinations() {
  const t = useWords(words);
  const look = useLook();
  const { language } = usePreferences();
  const found = useShown(({ figures }) => figures.destinations);
  const since = useShown((shown) => shown.since);
  const most = Math.max(1, ...HALVES.map((half) => found[half].km_median ?? 0));
  const track = look.tone.neutral.fill;
  return (
    <Panel title={<Term about={t("destinations_about")}>{t("destinations")}</Term>}>
      <table className="board-table board-halves">
        <thead>
          <tr>
            <td />
            <th scope="col" className="board-right">
              {t("sent_units")}
            </th>
            <th scope="col">
              <Term about={t("km_about")}>{t("km")}</Term>
            </th>
            <th scope="col">
              <Term about={t("same_day_about")}>{t("same_day")}</Term>
            </th>
          </tr>
        </thead>
        <tbody>
          {HALVES.map((half, i) => {
            const { units, km_median, same_day_pct } = found[half];
            const color = look.categories[i]!;
            const to = links.workToday(since, { destination: half });
            return (
              <tr key={half}>
                <th scope="row">{t(half)}</th>
                <td className="num board-right">
                  <Link to={to} data-figure={half}>
                    {quantity(units, language)}
                  </Link>
                </td>
                <td>
                  <Figure
                    text={km_median === null ? "–" : `${quantity(km_median, language, 1)} km`}
                    to={km_median === null ? undefined : to}
                  />
                  <Bar share={(km_median ?? 0) / most} color={color} track={track} />
                </td>
                <td>
                  <Figure
                    text={same_day_pct === null ? "–" : percent(same_day_pct / 100, language)}
                    to={
                      same_day_pct
                        ? links.workToday(since, { destination: half, kind: "same_day" })
                        : undefined
                    }
                  />
                  <Bar share={(same_day_pct ?? 0) / 100} color={color} track={track} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}

function Figure({ text, to }: { text: string; to: string | undefined }) {
  return to === undefined ? (
    <span className="num">{text}</span>
  ) : (
    <Link className="num" to={to}>
      {text}
    </Link>
  );
}
