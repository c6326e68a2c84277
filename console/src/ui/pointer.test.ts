import { expect, it } from "vitest";
import { pathOf } from "@/ui/pointer";

it("turns a pointer into a field's name", () => {
  expect(pathOf("/lines/0/quantity")).toEqual(["lines", 0, "quantity"]);
  expect(pathOf("")).toEqual([]);
  expect(pathOf("/a~1b/~0c")).toEqual(["a/b", "~c"]);
});
