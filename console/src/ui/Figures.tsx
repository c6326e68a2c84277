/** Numbers, money and times in one look: tabular figures, right in the reader's language, in the store's zone. */
import { Link } from "react-router";
import { usePreferences } from "@/app/preferences";
import { duration, fullMoment, moment, money, quantity, type Precision } from "@/ui/format";
import { useNow } from "@/ui/now";

/** A count of base units; with `to` it opens what it is made of. */
export function Quantity({
  value,
  to,
  digits,
}: {
  value: number | null | undefined;
  to?: string;
  digits?: number;
}) {
  const { language } = usePreferences();
  if (value === null || value === undefined) return <span className="num muted">–</span>;
  const text = quantity(value, language, digits);
  return to === undefined ? (
    <span className="num">{text}</span>
  ) : (
    <Link className="num" to={to}>
      {text}
    </Link>
  );
}

/** An amount of minor units. */
export function Money({ amount, currency, to }: { amount: number; currency: string; to?: string }) {
  const { language } = usePreferences();
  const text = money(amount, currency, language);
  return to === undefined ? (
    <span className="num">{text}</span>
  ) : (
    <Link className="num" to={to}>
      {text}
    </Link>
  );
}

/** A moment in the zone of the store that it is about; without `zone`, in the reader's. */
export function Time({
  at,
  zone,
  precision = "minute",
}: {
  at: string | null | undefined;
  zone?: string;
  precision?: Precision;
}) {
  const { language } = usePreferences();
  if (at === null || at === undefined) return <span className="muted">–</span>;
  return (
    <time className="num" dateTime={at} title={fullMoment(at, language, zone)}>
      {moment(at, precision, zone)}
    </time>
  );
}

/** How long ago or until, told anew each second (each minute once it is longer). */
export function Age({ at, suffix }: { at: string; suffix?: string }) {
  const { language } = usePreferences();
  const now = useNow();
  return (
    <time className="num" dateTime={at} title={fullMoment(at, language)}>
      {duration((now - Date.parse(at)) / 1000, language)}
      {suffix}
    </time>
  );
}
