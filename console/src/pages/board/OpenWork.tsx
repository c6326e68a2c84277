import { Link } from "react-router";
import { useLook } from "@/app/look";
import { usePhone, usePreferences, type Language } from "@/app/preferences";
import { inkOn } from "@/pages/board/ink";
import * as links from "@/pages/board/links";
import type { Figures } from "@/pages/board/live";
import { Panel } from "@/pages/board/parts";
import { useShown } from "@/pages/board/useBoard";
import { words } from "@/pages/board/words";
import { duration, quantity } from "@/ui/format";
import { useWords } from "@/words/words";

type Step = Figures["work"]["steps"][number];

const minutes = (count: number, language: Language): string => duration(count * 60, language);

/** Open work by what it waits for and by its age; each cell opens its list. */
export function OpenWork() {
  const t = useWords(words);
  const { language } = usePreferences();
  const phone = usePhone();
  const found = useShown(({ figures }) => figures.work);
  const most = Math.max(1, ...found.steps.flatMap(({ ages }) => ages));
  const bands = found.ages.map((from, i) => {
    const to = found.ages[i + 1];
    if (to === undefined) return t("age_last", { from: minutes(from, language) });
    if (from === 0) return t("age_first", { to: minutes(to, language) });
    return t("age_between", { from: minutes(from, language), to: minutes(to, language) });
  });
  return (
    <Panel title={t("work")} note={phone ? undefined : t("work_note")}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls on a phone, also by keyboard */}
      <div className="board-scroll" role="region" aria-label={t("work")} tabIndex={phone ? 0 : undefined}>
        <table className="board-table board-heat">
          <thead>
            <tr>
              <th scope="col">{t("waits_for")}</th>
              <th scope="col" className="board-right">
                {t("all_ages")}
              </th>
              {bands.map((band) => (
                <th key={band} scope="col" className="board-right">
                  {band}
                </th>
              ))}
              <th scope="col" className="board-right">
                {t("too_long")}
              </th>
            </tr>
          </thead>
          <tbody>
            {found.steps.map((step) => (
              <Row key={step.waits_for} step={step} ages={found.ages} bands={bands} most={most} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Row({
  step,
  ages,
  bands,
  most,
}: {
  step: Step;
  ages: readonly number[];
  bands: readonly string[];
  most: number;
}) {
  const t = useWords(words);
  const look = useLook();
  const { language } = usePreferences();
  const { waits_for } = step;
  const name = t(`step_${waits_for}`);
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="num board-right">
        {step.open === 0 ? (
          <span className="muted">0</span>
        ) : (
          <Link to={links.work({ waits_for })} data-figure={`${waits_for}-open`}>
            <strong>{quantity(step.open, language)}</strong>
          </Link>
        )}
      </td>
      {step.ages.map((count, i) => {
        if (count === 0) {
          return (
            <td key={bands[i]} className="num board-right board-heat-cell">
              <span className="muted">0</span>
            </td>
          );
        }
        const { fill, ink } = inkOn(look, count / most);
        const older_than = ages[i] === 0 ? undefined : ages[i];
        return (
          <td key={bands[i]} className="num board-right board-heat-cell">
            <Link
              to={links.work({ waits_for, older_than, younger_than: ages[i + 1] })}
              data-figure={`${waits_for}-${i}`}
              aria-label={t("cell_label", { step: name, age: bands[i]!, count: quantity(count, language) })}
              style={{ background: fill, color: ink }}
            >
              {quantity(count, language)}
            </Link>
          </td>
        );
      })}
      <td
        className="num board-right"
        title={t("too_long_after", { limit: minutes(step.late_after, language) })}
      >
        {step.late === 0 ? (
          <span className="muted">0</span>
        ) : (
          <Link
            to={links.work({ waits_for, late: true })}
            data-figure={`${waits_for}-late`}
            style={{ color: look.tone.danger.text, fontWeight: 600 }}
          >
            {quantity(step.late, language)}
          </Link>
        )}
      </td>
    </tr>
  );
}
