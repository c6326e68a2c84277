import { useLook } from "@/app/look";
import { usePreferences } from "@/app/preferences";
import { isShare, type Measure } from "@/pages/map/measure";
import { words } from "@/pages/map/words";
import { percent, quantity } from "@/ui/format";
import { useWords } from "@/words/words";

/** What the shading of regions and the rings of clusters mean. */
export function Legend({ measure, limits }: { measure: Measure; limits: readonly number[] }) {
  const look = useLook();
  const t = useWords(words);
  const { language } = usePreferences();
  const told = (value: number) =>
    isShare(measure) ? percent(value, language, 0) : quantity(value, language);
  const steps = [...limits, undefined].map((to, i) => {
    const from = limits[i - 1] ?? (isShare(measure) ? undefined : 1);
    if (from === undefined) return t("under", { to: told(to ?? 1) });
    if (to === undefined) return t("from", { from: told(from) });
    const last = isShare(measure) ? to : to - 1; // counts are whole
    return last === from ? told(from) : t("between", { from: told(from), to: told(last) });
  });
  return (
    <div className="ms-net-legend">
      <div>{t(measure)}</div>
      <ul aria-label={t("legend")}>
        <li>
          <i style={{ background: look.map.land }} aria-hidden />
          {t("nothing")}
        </li>
        {steps.map((text, i) => (
          <li key={text}>
            <i style={{ background: look.ramp[i] }} aria-hidden />
            <span className="num">{text}</span>
          </li>
        ))}
      </ul>
      <div className="muted">{t(`ring_${measure}`)}</div>
    </div>
  );
}
