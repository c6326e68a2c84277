import { describe, expect, it } from "vitest";
import { atLine, atSerial, faultsOf, isAtFields, without } from "@/pages/store/faults";
import type { Action, Entry, Refusal } from "@/pages/store/queue/entries";

const refusal = (detail: string, ...fields: [pointer: string, detail: string][]): Refusal => ({
  status: 422,
  code: "invalid",
  title: "Wrong",
  detail,
  fields: fields.map(([pointer, text]) => ({ pointer, code: "x", detail: text })),
});

const entry = (action: Action, told: Refusal, seq = 1): Entry => ({
  seq,
  key: "k",
  person: "p",
  party: "b",
  location: "L",
  actor: "",
  action,
  name: "A-1",
  made_at: 0,
  state: "refused",
  tries: 1,
  first_tried_at: 0,
  seen: 0,
  refusal: told,
  because: null,
});

const PICK: Action = {
  kind: "step",
  task: "t",
  step: {
    name: "pick",
    body: {
      lines: [
        { line: 4, quantity: 1 },
        { line: 7, quantity: 2, serials: ["S1", "S2"] },
      ],
    },
  },
};

describe("where a fault is", () => {
  it("is by the line's number and the serial itself", () => {
    const told = refusal("", ["/lines/0/quantity", "too many"], ["/lines/1/serials/1", "picked already"]);
    expect(faultsOf(entry(PICK, told))).toEqual(
      new Map([
        [atLine(4), "too many"],
        [atSerial(7, "S2"), "picked already"],
      ]),
    );
  });

  it("is the field of a form, whose single fault is told in the refusal's words", () => {
    const ship: Action = {
      kind: "step",
      task: "t",
      step: { name: "ship", body: { carrier: "", tracking: "x" } },
    };
    expect(faultsOf(entry(ship, refusal("It is too long.", ["/tracking", "too long"])))).toEqual(
      new Map([["/tracking", "It is too long."]]),
    );
  });

  it("joins what is said of the same place", () => {
    const back: Action = {
      kind: "return",
      order: "o",
      location: "L",
      lines: [{ line: 2, restocked: 1, written_off: 1, reason: "r" }],
    };
    const told = refusal("", ["/lines/0/restocked", "a"], ["/lines/0/restocked", "b"], ["/lines/0", "c"]);
    expect(faultsOf(entry(back, told))).toEqual(
      new Map([
        ["/lines/2/restocked", "a b"],
        ["/lines/2", "c"],
      ]),
    );
  });
});

describe("whether all is at fields", () => {
  it("is so where each fault has one", () => {
    const told = entry(PICK, refusal("", ["/lines/0/quantity", "too many"]));
    expect(isAtFields(told, [told])).toBe(true);
  });

  it("is not so for what has none, for no fault at all, and where later steps were dropped", () => {
    const strange = entry(PICK, refusal("", ["/lines/9/quantity", "?"], ["/other", "?"]));
    expect(isAtFields(strange, [strange])).toBe(false);
    const plain = entry(PICK, refusal("The order was cancelled."));
    expect(isAtFields(plain, [plain])).toBe(false);
    const first = entry(PICK, refusal("", ["/lines/0/quantity", "too many"]));
    expect(isAtFields(first, [first, { ...first, seq: 2, state: "dropped", because: 1 }])).toBe(false);
  });
});

it("forgets what is at and below a place that was changed", () => {
  const faults = new Map([
    [atLine(4), "a"],
    [atSerial(4, "S"), "b"],
    [atLine(41), "c"],
  ]);
  expect([...without(faults, atLine(4)).keys()]).toEqual([atLine(41)]);
});
