/** Numbers, money and times as people write them. */
import type { Language } from "@/app/preferences";

const tag = (language: Language): string => (language === "zh" ? "zh-CN" : "en-GB");

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** Making a format costs more than using it a thousand times. */
function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  let found = cache.get(key) as T | undefined;
  if (found === undefined) cache.set(key, (found = make()));
  return found;
}

export function quantity(value: number, language: Language, digits = 0): string {
  return kept(
    `n ${language} ${digits}`,
    () => new Intl.NumberFormat(tag(language), { maximumFractionDigits: digits }),
  ).format(value);
}

export function compact(value: number, language: Language): string {
  return kept(
    `c ${language}`,
    () => new Intl.NumberFormat(tag(language), { notation: "compact", maximumFractionDigits: 1 }),
  ).format(value);
}

export function percent(share: number, language: Language, digits = 1): string {
  return kept(
    `p ${language} ${digits}`,
    () => new Intl.NumberFormat(tag(language), { style: "percent", maximumFractionDigits: digits }),
  ).format(share);
}

/** `amount` in minor units of the currency: 1990 CNY is ¥19.90. */
export function money(amount: number, currency: string, language: Language): string {
  const format = kept(
    `m ${language} ${currency}`,
    () =>
      new Intl.NumberFormat(tag(language), { style: "currency", currency, currencyDisplay: "narrowSymbol" }),
  );
  return format.format(amount / 10 ** minorDigits(format));
}

const minorDigits = (format: Intl.NumberFormat): number =>
  format.resolvedOptions().maximumFractionDigits ?? 2;

export type Precision = "date" | "minute" | "second" | "time" | "clock";

const PARTS: Record<Precision, Intl.DateTimeFormatOptions> = {
  date: { year: "numeric", month: "2-digit", day: "2-digit" },
  minute: { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  second: {
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  },
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
};

/** A moment in a zone (the reader's own when none is given); sortable forms: 11-24 09:05. */
export function moment(value: string | number | Date, precision: Precision, zone?: string): string {
  const format = kept(
    `t ${precision} ${zone}`,
    () => new Intl.DateTimeFormat("en-GB", { ...PARTS[precision], timeZone: zone }),
  );
  const part = Object.fromEntries(
    format.formatToParts(new Date(value)).map(({ type, value }) => [type, value]),
  );
  const day = [part.year, part.month, part.day].filter((one) => one !== undefined).join("-");
  const hour = [part.hour, part.minute, part.second].filter((one) => one !== undefined).join(":");
  return [day, hour].filter((one) => one !== "").join(" ");
}

/** A moment in full, with its zone's name. */
export function fullMoment(value: string | number | Date, language: Language, zone?: string): string {
  return kept(
    `f ${language} ${zone}`,
    () => new Intl.DateTimeFormat(tag(language), { dateStyle: "full", timeStyle: "long", timeZone: zone }),
  ).format(new Date(value));
}

/** How long ago or until: 45 s, 3 min, 2 h, 4 d; seconds in. */
export function duration(seconds: number, language: Language): string {
  const span = Math.abs(seconds);
  const [value, unit] =
    span < 60
      ? [Math.round(span), "second"]
      : span < 3_600
        ? [Math.floor(span / 60), "minute"]
        : span < 172_800
          ? [Math.floor(span / 3_600), "hour"]
          : [Math.floor(span / 86_400), "day"];
  return kept(
    `d ${language} ${unit}`,
    () => new Intl.NumberFormat(tag(language), { style: "unit", unit: unit, unitDisplay: "short" }),
  ).format(value);
}
