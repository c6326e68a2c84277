/** Counting goods into the basket before the pick is told: pure, so that each wrong scan has its own clear answer. */
import { isArticle, type Read } from "@/pages/store/scan/codes";
import type { Article, PickLine, TaskLine } from "@/pages/store/task";

/** What was counted of one line. */
export interface Counted {
  found: number;
  short: number;
  serials: string[];
}
export type Basket = Readonly<Record<number, Counted>>;

const NOTHING: Counted = { found: 0, short: 0, serials: [] };
export const countedOf = (basket: Basket, line: number): Counted => basket[line] ?? NOTHING;

/** Base units of a line that are neither found nor short yet. */
export const leftOf = (basket: Basket, line: TaskLine): number => {
  const { found, short } = countedOf(basket, line.line);
  return line.unpicked - found - short;
};

export type ScanResult =
  | { is: "counted"; basket: Basket; line: TaskLine; article: Article }
  | { is: "complete"; line: TaskLine; article: Article }
  | { is: "twice"; serial: string }
  | { is: "needs_serial"; line: TaskLine; article: Article }
  | { is: "unknown"; text: string };

/** A scanned code put into the basket: one unit of the line it belongs to, with its serial number if it has one. */
export function scanInto(
  basket: Basket,
  lines: readonly TaskLine[],
  articles: ReadonlyMap<string, Article>,
  read: Read,
): ScanResult {
  const fitting = lines.flatMap((line) => {
    const article = articles.get(line.offer);
    return article !== undefined && isArticle(read, article) ? [{ line, article }] : [];
  });
  const first = fitting[0];
  if (first === undefined) return { is: "unknown", text: read.text };
  const open = fitting.find(({ line, article }) => leftOf(basket, line) >= article.scale);
  if (open === undefined) return { is: "complete", ...first };
  const { line, article } = open;
  if (article.serials && read.serial === "") return { is: "needs_serial", line, article };
  if (read.serial !== "" && hasSerial(basket, lines, read.serial))
    return { is: "twice", serial: read.serial };
  return { is: "counted", basket: add(basket, line, article.scale, read.serial), line, article };
}

const hasSerial = (basket: Basket, lines: readonly TaskLine[], serial: string): boolean =>
  Object.values(basket).some((counted) => counted.serials.includes(serial)) ||
  lines.some((line) => line.serials.includes(serial));

/** A serial number that was typed or scanned by itself, for a line whose units have one. */
export function serialInto(
  basket: Basket,
  lines: readonly TaskLine[],
  line: TaskLine,
  article: Article,
  serial: string,
): ScanResult {
  if (leftOf(basket, line) < article.scale) return { is: "complete", line, article };
  if (hasSerial(basket, lines, serial)) return { is: "twice", serial };
  return { is: "counted", basket: add(basket, line, article.scale, serial), line, article };
}

function add(basket: Basket, line: TaskLine, units: number, serial: string): Basket {
  const before = countedOf(basket, line.line);
  const serials = serial === "" ? before.serials : [...before.serials, serial];
  return { ...basket, [line.line]: { ...before, found: before.found + units, serials } };
}

/** The basket with so much found or short of a line, within what is wanted; fewer found forgets the last serials. */
export function withCount(
  basket: Basket,
  line: TaskLine,
  change: Partial<Pick<Counted, "found" | "short">>,
): Basket {
  const before = countedOf(basket, line.line);
  const wanted = clamp(change.short ?? before.short, line.unpicked);
  const found = clamp(change.found ?? before.found, line.unpicked - wanted);
  const short = clamp(wanted, line.unpicked - found);
  return { ...basket, [line.line]: { found, short, serials: before.serials.slice(0, found) } };
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));

/** The lines of the pick: all that was counted; serials only where every unit has one. */
export function pickLines(basket: Basket, lines: readonly TaskLine[]): PickLine[] {
  return lines.flatMap((line) => {
    const { found, short, serials } = countedOf(basket, line.line);
    if (found + short === 0) return [];
    const each = serials.length > 0 && serials.length === found;
    return [
      { line: line.line, quantity: found, ...(short > 0 ? { short } : {}), ...(each ? { serials } : {}) },
    ];
  });
}

/** What was sent, to be counted again: the other way round. */
export const basketOf = (sent: readonly PickLine[]): Basket =>
  Object.fromEntries(
    sent.map(({ line, quantity, short = 0, serials = [] }) => [line, { found: quantity, short, serials }]),
  );

export const unitsOf = (lines: readonly TaskLine[], of: (line: TaskLine) => number): number =>
  lines.reduce((total, line) => total + of(line), 0);
