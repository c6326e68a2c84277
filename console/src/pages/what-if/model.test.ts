import { expect, test } from "vitest";
import { lastNovember } from "@/pages/what-if/model";

test("the last November is one that is over", () => {
  expect(lastNovember(new Date(2026, 10, 23))).toEqual(["2025-11-01", "2025-11-30"]);
  expect(lastNovember(new Date(2026, 11, 1))).toEqual(["2026-11-01", "2026-11-30"]);
  expect(lastNovember(new Date(2027, 0, 1))).toEqual(["2026-11-01", "2026-11-30"]);
});
