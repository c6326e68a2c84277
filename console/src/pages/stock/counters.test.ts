import { expect, test } from "vitest";
import { afterChange, afterCount, shares, type Counters } from "@/pages/stock/counters";

const now: Counters = { on_hand: 10, reserved: 4, unavailable: 1, incoming: 3, available: 5 };

test("a count that finds less than was promised makes what is available negative", () => {
  expect(afterCount(now, 3)).toEqual({ ...now, on_hand: 3, available: -2 });
});

test.each([
  ["receive", { on_hand: 12, available: 7 }],
  ["adjust", { on_hand: 12, available: 7 }],
  ["set_aside", { unavailable: 3, available: 3 }],
  ["put_back", { unavailable: -1, available: 7 }],
  ["write_off", { on_hand: 8, available: 3 }],
  ["announce", { incoming: 5 }],
  ["arrive", { on_hand: 12, incoming: 1, available: 7 }],
] as const)("%s of two units", (change, changed) => {
  expect(afterChange(now, change, 2)).toEqual({ ...now, ...changed });
});

test("the bar is as long as what is on hand, or as what is promised when that is more", () => {
  expect(shares(now).map(({ key, share }) => [key, share])).toEqual([
    ["available", 50],
    ["reserved", 40],
    ["unavailable", 10],
  ]);
  const short = afterCount(now, 3);
  expect(shares(short).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(100);
  expect(shares(short).find(({ key }) => key === "missing")?.share).toBeCloseTo(40);
});
