import { expect, it } from "vitest";
import { numberOf } from "@/ui/numberOf";

it.each([
  ["", undefined],
  [" 12 ", 12],
  ["-1", -1],
  ["0.5", 0.5],
  ["two", "two"],
  ["1e3", "1e3"],
  ["1 2", "1 2"],
])("takes %j as %j", (typed, value) => {
  expect(numberOf(typed)).toBe(value);
});
