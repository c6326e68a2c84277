import { describe, expect, it } from "vitest";
import { stepsOf, type Part, type Tracking } from "./steps";

const part = (kind: Part["kind"]): Part => ({ kind }) as Part;
const states = (state: Tracking["state"], ...kinds: Part["kind"][]): string[] =>
  stepsOf({ state, parts: kinds.map(part), milestones: [] }).map(({ name, state: how }) => `${name} ${how}`);

describe("the progress line", () => {
  it("goes to the door", () => {
    expect(states("on_the_way", "ship")).toEqual([
      "placed done",
      "preparing done",
      "on_the_way now",
      "delivered next",
    ]);
    expect(states("delivered", "ship").every((step) => step.endsWith("done"))).toBe(true);
  });

  it("goes to the counter", () => {
    expect(states("ready", "pick_up")).toEqual([
      "placed done",
      "preparing done",
      "ready now",
      "collected next",
    ]);
  });

  it("is the longer one when an order comes in both ways", () => {
    expect(states("ready", "pick_up", "ship")[2]).toBe("on_the_way now");
  });

  it("begins before payment, and is not drawn for what was cancelled", () => {
    expect(states("awaiting_payment")[0]).toBe("placed now");
    expect(states("cancelled")).toEqual([]);
  });
});
