/** What the map can show: how a sum becomes a figure, a share of a ring, a tone, and a step of shading. */
import type { Tone } from "@/theme";
import type { Sums } from "@/pages/map/network";

export const MEASURES = ["work", "capacity", "rejected", "stock"] as const;
export type Measure = (typeof MEASURES)[number];
export const isMeasure = (text: string | undefined): text is Measure => MEASURES.some((one) => one === text);

const ratio = (part: number, whole: number): number =>
  whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;

/** What regions are shaded by and the list is sorted by; undefined where nothing is known. */
export function valueOf(measure: Measure, sums: Sums): number | undefined {
  switch (measure) {
    case "work":
      return sums.work;
    case "capacity":
      return sums.used + sums.left > 0 ? ratio(sums.used, sums.used + sums.left) : undefined;
    case "rejected":
      return sums.rejected;
    case "stock":
      return sums.records > 0 ? ratio(sums.out, sums.records) : undefined;
  }
}

export const isShare = (measure: Measure): boolean => measure === "capacity" || measure === "stock";

/** The part of the ring that is filled: late work, taken capacity, refused work, offers that are out. */
export function shareOf(measure: Measure, sums: Sums): number {
  if (measure === "work") return ratio(sums.late, sums.work);
  if (measure === "rejected") return ratio(sums.rejected, sums.rejected + sums.work);
  return valueOf(measure, sums) ?? 0;
}

const ALARM: Record<Measure, readonly [warning: number, danger: number]> = {
  work: [0.02, 0.2],
  capacity: [0.6, 0.85],
  rejected: [0.02, 0.1],
  stock: [0.2, 0.4],
};

/** Neutral where there is nothing to do. */
export function toneOf(measure: Measure, sums: Sums): Tone {
  const nothing =
    { work: sums.work, capacity: sums.used, rejected: sums.rejected, stock: sums.records }[measure] === 0;
  if (nothing) return "neutral";
  const [warning, danger] = ALARM[measure];
  const share = shareOf(measure, sums);
  return share >= danger ? "danger" : share >= warning ? "warning" : "info";
}

export const STEPS = 5;

/** Four limits between five steps of shading: round numbers near the quintiles of what is there, or fixed shares. */
export function limitsOf(measure: Measure, values: readonly number[]): number[] {
  if (measure === "capacity") return [0.2, 0.4, 0.6, 0.85];
  if (measure === "stock") return [0.1, 0.2, 0.3, 0.4];
  const some = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (some.length === 0) return [2, 3, 4, 5];
  const limits: number[] = [];
  for (let step = 1; step < STEPS; step++) {
    const limit = round(some[Math.floor((some.length * step) / STEPS)] ?? 1);
    limits.push(Math.max(limit, (limits.at(-1) ?? 1) + 1));
  }
  return limits;
}

/** Two digits are enough for a legend. */
function round(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.max(1, Math.round(value / unit) * unit);
}

/** 0 is nothing, 1 to 5 from little to much. */
export function stepOf(value: number | undefined, limits: readonly number[]): number {
  if (value === undefined || value <= 0) return 0;
  return 1 + limits.filter((limit) => value >= limit).length;
}
