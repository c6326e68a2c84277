import { describe, expect, it } from "vitest";
import { Pace } from "@/ui/map/pace";

const frames = (pace: Pace, gap: number, count: number): void => {
  for (let n = 0; n < count; n++) pace.took(gap);
};

describe("pace of a map", () => {
  it("stays sharp where frames come fast", () => {
    const pace = new Pace();
    frames(pace, 16.7, 600);
    expect(pace.fineness).toBe(1);
  });

  it("gets coarser a step at a time, to an end", () => {
    const pace = new Pace();
    const seen = [1, 2, 3, 4].map(() => {
      frames(pace, 66, 6);
      return pace.fineness;
    });
    expect(seen).toEqual([0.5, 0.34, 0.34, 0.34]);
  });

  it("tries again after fast frames, each time after twice as many", () => {
    const pace = new Pace();
    const tries = [];
    frames(pace, 66, 6);
    for (let n = 1; n <= 60; n++) {
      frames(pace, 16.7, 6);
      pace.begin();
      if (pace.fineness < 1) continue;
      tries.push(n);
      frames(pace, 66, 6);
    }
    expect(tries).toEqual([10, 30]);
  });

  it("forgives one long frame among short ones", () => {
    const pace = new Pace();
    for (let n = 0; n < 100; n++) frames(pace, n % 4 === 0 ? 300 : 16.7, 1);
    expect(pace.fineness).toBe(1);
  });
});
