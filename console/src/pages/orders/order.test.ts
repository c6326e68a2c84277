import { describe, expect, it } from "vitest";
import { due, nameOf, nextStep, orderOf, promisedTo, type Order, type Work } from "@/pages/orders/order";

const work = (changes: Partial<Work>): Work =>
  ({ state: "open", possible: [], promised_to: null, ...changes }) as Work;
const order = (changes: Partial<Order>): Order =>
  ({
    state: "approved",
    total: 1990,
    paid: { authorised: 0, captured: 0, refunded: 0 },
    ...changes,
  }) as Order;

describe("an order", () => {
  it("goes the usual way next, not the exceptional one", () => {
    expect(nextStep(work({ possible: ["re-route", "pick", "reject", "hold"] }))).toBe("pick");
    expect(nextStep(work({ possible: ["hand-over", "renew-code", "expire"] }))).toBe("hand-over");
    expect(nextStep(work({ possible: [] }))).toBeUndefined();
  });

  it("is promised until the last of its live parts is", () => {
    const early = work({ promised_to: "2026-11-11T10:00:00Z" });
    const late = work({ promised_to: "2026-11-11T18:00:00+08:00" });
    const gone = work({ state: "closed", promised_to: "2026-12-01T00:00:00Z" });
    expect(promisedTo(order({ fulfilment_orders: [early, late, gone] }))).toBe("2026-11-11T18:00:00+08:00");
    expect(promisedTo(order({ fulfilment_orders: [gone] }))).toBeNull();
  });

  it("is due until it is authorised or captured; cancelled, nothing is", () => {
    expect(due(order({}))).toBe(1990);
    expect(due(order({ paid: { authorised: 1990, captured: 0, refunded: 0 } }))).toBe(0);
    expect(due(order({ state: "cancelled" }))).toBe(0);
  });
});

it("an event names its order in one of several ways", () => {
  const id = "0192f0c1-2345-7abc-8def-0123456789ab";
  const event = (data: unknown) => ({ name: "x", at: "", sequence: "1-0", data });
  expect(orderOf(event({ id }))).toBe(id);
  expect(orderOf(event({ id: `${id}-2`, order: id }))).toBe(id);
  expect(orderOf(event({ order: { id } }))).toBe(id);
  expect(orderOf(event(null))).toBeUndefined();
});

it("an offer is named in the reader's language, else as it was given", () => {
  expect(nameOf({ zh: "围巾", en: "Scarf" }, "en", "X")).toBe("Scarf");
  expect(nameOf({ und: "Scarf" }, "zh", "X")).toBe("Scarf");
  expect(nameOf(undefined, "zh", "X")).toBe("X");
});
