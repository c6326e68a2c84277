import { describe, expect, it } from "vitest";
import { setPreference } from "@/app/preferences";
import { differences, rate, type T } from "@/pages/policy/diff";
import { isPolicy } from "@/pages/policy/draft";
import type { Policy } from "@/pages/policy/model";
import { words } from "@/pages/policy/words";
import { textOf } from "@/words/words";

const t: T = (key, values) => textOf(words, key, values);
const usual: Policy = { kinds: { ship: { costs: { base: 300, per_km: 0.4 } } } };
const said = (before: Policy, after: Policy) =>
  differences(before, after, t).map((one) => `${one.what}: ${one.before} → ${one.after}`);

describe("what differs between two policies", () => {
  it("is nothing between a policy and its equal, written out or not", () => {
    expect(said(usual, { ...usual, safety_stock: 0, thresholds: [], respect_capacity: true })).toEqual([]);
  });

  it("is told in words, with units", () => {
    setPreference("language", "en");
    expect(said({ ...usual, safety_stock: 1 }, { ...usual, safety_stock: 2 })).toEqual([
      "Kept back everywhere: 1 unit → 2 units",
    ]);
    const dearer: Policy = { kinds: { ship: { km_max: 800, costs: { base: 300, per_km: 0.5 } } } };
    expect(said(usual, dearer)).toEqual([
      "Ship · Furthest distance: any distance → 800 km",
      "Ship · A km: ¥0.004 → ¥0.005",
    ]);
  });

  it("tells rounds with what a move must save", () => {
    const calmer: Policy = { ...usual, improve: { min_gain: 250, max_moves: 2 } };
    expect(said(usual, calmer)).toEqual(["Rounds over open orders · A move saves at least: ¥1.00 → ¥2.50"]);
    expect(said(usual, { ...usual, improve: { enabled: false } })[0]).toBe("Do rounds: Yes → No");
  });

  it("knows a rule of a list by what it is about, wherever it stands", () => {
    const flagship = { units: 3, group: "flagship" };
    const north = { units: 1, group: "north" };
    const before = { ...usual, thresholds: [flagship, north] };
    const after = { ...usual, thresholds: [north, { ...flagship, units: 5 }] };
    expect(said(before, after)).toEqual([
      "Kept back · every channel / flagship / every offer: 3 units → 5 units",
    ]);
  });

  it("tells rules that came and rules that went", () => {
    const after: Policy = { kinds: {}, channels: { app: { groups: ["city"] } }, excluded_locations: ["S1"] };
    const found = differences(usual, after, t);
    expect(found.find((one) => one.at === "kinds/ship/offered")).toMatchObject({
      before: "Yes",
      after: "No",
    });
    expect(found.find((one) => one.at === "kinds/ship/base")).toMatchObject({ before: "¥3.00", after: "" });
    expect(found.find((one) => one.at === "channels/app/groups")).toMatchObject({
      before: "",
      after: "city",
    });
    expect(found.find((one) => one.at === "excluded/S1")).toMatchObject({
      before: "",
      after: "serves nobody",
    });
  });
});

it("writes rates with as many decimals as they take", () => {
  expect([rate(300, "CNY"), rate(0.08, "CNY"), rate(12, "JPY")]).toEqual(["¥3.00", "¥0.0008", "¥12"]);
});

it("takes as a draft only what the form can show", () => {
  expect(isPolicy(usual)).toBe(true);
  for (const broken of [
    null,
    [],
    {},
    { kinds: { ship: 1 } },
    { kinds: {}, thresholds: [1] },
    { kinds: {}, channels: { app: { groups: "x" } } },
  ])
    expect(isPolicy(broken)).toBe(false);
});
