import { describe, expect, it } from "vitest";
import { after, LISTED, pulseAfter, type Entry, type Shown } from "@/pages/board/live";

const at = (second: number): string => new Date(second * 1000).toISOString();
const entry = (id: string): Entry => ({ id }) as Entry;
const shown = (newest: string[]): Shown => ({
  at: at(0),
  since: { today: at(0), hour: at(0), minute: at(0) },
  figures: { pulse: { until: at(100), orders: [1, 2, 3, 4, 5, 6] } } as Shown["figures"],
  newest: newest.map(entry),
  happened: 3,
});

describe("the pulse", () => {
  const before = { until: at(100), orders: [1, 2, 3, 4, 5, 6] };
  it("moves on by the seconds that passed", () => {
    expect(pulseAfter(before, { until: at(102), orders: [6, 7, 8] })).toEqual([3, 4, 5, 6, 7, 8]);
  });
  it("takes what was committed a moment late", () => {
    expect(pulseAfter(before, { until: at(100), orders: [4, 5, 9] })).toEqual([1, 2, 3, 4, 5, 9]);
  });
  it("knows nothing of seconds that nobody told of", () => {
    expect(pulseAfter(before, { until: at(104), orders: [8, 9] })).toEqual([5, 6, 0, 0, 8, 9]);
    expect(pulseAfter(before, { until: at(900), orders: [8, 9] })).toEqual([0, 0, 0, 0, 8, 9]);
  });
});

describe("a tick", () => {
  const told = { sequence: 2, at: at(1), since: shown([]).since, figures: {}, left_out: 7 };
  it("puts what is new first, and nothing twice", () => {
    const next = after(shown(["b", "a"]), { ...told, newest: [entry("c"), entry("b")] });
    expect(next.newest.map(({ id }) => id)).toEqual(["c", "b", "a"]);
    expect(next.happened).toBe(3 + 1 + 7);
  });
  it("keeps a bounded list, and sections that it does not name", () => {
    const many = Array.from({ length: LISTED }, (_, i) => entry(`n${i}`));
    const next = after(shown(["a"]), { ...told, newest: many });
    expect(next.newest).toHaveLength(LISTED);
    expect(next.figures.pulse.orders).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
