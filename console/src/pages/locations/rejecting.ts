/** What is said of a location's rejections, without the page. */
import type { Schemas } from "@/api/client";

type Told = Schemas["LocationRejections"];

/** Shares that differ by less than this factor are as good as the same. */
const ALIKE = 1.25;

/** Whether a location rejects more or less than those whom it is compared with. */
export function againstPeers({ share, peers }: Pick<Told, "share" | "peers">): "more" | "less" | "alike" {
  const own = share ?? 0;
  const others = peers?.share ?? 0;
  if (own > others * ALIKE) return "more";
  return own * ALIKE < others ? "less" : "alike";
}

/** Hours of a day: 17:00–19:00. */
export const hourRange = (from: number, until: number): string => `${String(from)}:00–${String(until)}:00`;

type LoadWord = "load_below" | "load_between" | "load_above" | "load_unlimited";

/** How much of the hour's capacity was taken, in words. */
export function loadWords(
  { load_from, load_to }: Pick<Told["loads"][number], "load_from" | "load_to">,
  t: (key: LoadWord, values?: Record<string, string>) => string,
  text: (share: number) => string,
): string {
  if (load_from === null) return t("load_unlimited");
  if (load_to === null) return t("load_above", { from: text(load_from) });
  if (load_from === 0) return t("load_below", { to: text(load_to) });
  return t("load_between", { from: text(load_from), to: text(load_to) });
}
