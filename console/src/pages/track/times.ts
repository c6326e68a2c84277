/** Times as a shopper reads them: weekday and day, and the hour. */
import type { Language } from "@/app/preferences";

const tag = (language: Language): string => (language === "zh" ? "zh-CN" : "en-GB");

const parts = (options: Intl.DateTimeFormatOptions, language: Language, zone?: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(tag(language), { ...options, timeZone: zone });

/** Tue 24 Nov · 11月24日周二 */
export const day = (at: string, language: Language, zone?: string): string =>
  parts({ weekday: "short", month: "short", day: "numeric" }, language, zone)
    .format(new Date(at))
    .replace(",", "");

/** 09:05 */
export const clock = (at: string, language: Language, zone?: string): string =>
  parts({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, language, zone).format(new Date(at));

/** Tue 24 Nov 09:05; the hour alone where it is the day of `now`. */
export function instant(at: string, language: Language, zone?: string, now: Date = new Date()): string {
  const hour = clock(at, language, zone);
  return day(at, language, zone) === day(now.toISOString(), language, zone)
    ? hour
    : `${day(at, language, zone)} ${hour}`;
}

/** From when to when: hours on one day, else days. */
export function span(from: string | null, to: string, language: Language, zone?: string): string {
  const last = day(to, language, zone);
  if (from === null) return `${last} ${clock(to, language, zone)}`;
  const first = day(from, language, zone);
  return first === last
    ? `${last} ${clock(from, language, zone)}–${clock(to, language, zone)}`
    : `${first} – ${last}`;
}

const DAYS: Record<string, string> = {
  Mo: "周一",
  Tu: "周二",
  We: "周三",
  Th: "周四",
  Fr: "周五",
  Sa: "周六",
  Su: "周日",
  PH: "节假日",
};
const ENGLISH: Record<string, string> = {
  Mo: "Mon",
  Tu: "Tue",
  We: "Wed",
  Th: "Thu",
  Fr: "Fri",
  Sa: "Sat",
  Su: "Sun",
  PH: "Holidays",
};

/** Opening hours (OpenStreetMap's syntax) in words, a rule a line; what is not understood stays as it is. */
export function hours(text: string, language: Language): string[] {
  const names = language === "zh" ? DAYS : ENGLISH;
  return text
    .split(";")
    .map((rule) => rule.trim())
    .filter((rule) => rule !== "")
    .map((rule) =>
      rule
        .replace(/\b(Mo|Tu|We|Th|Fr|Sa|Su|PH)\b/g, (name) => names[name] ?? name)
        .replace(/(\d\d:\d\d)-(\d\d:\d\d)/g, "$1–$2")
        .replace(/(\p{L})-(\p{L})/gu, language === "zh" ? "$1至$2" : "$1–$2")
        .replace(/\b(off|closed)\b/g, language === "zh" ? "休息" : "closed"),
    );
}
