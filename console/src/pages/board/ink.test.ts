import { describe, expect, it } from "vitest";
import { contrast, inkOn } from "@/pages/board/ink";
import { dark, light } from "@/theme";

describe("heat", () => {
  it.each([light, dark])("is readable at each share", (look) => {
    for (let share = 0; share <= 1; share += 0.05) {
      const { fill, ink } = inkOn(look, share);
      expect(contrast(fill, ink)).toBeGreaterThanOrEqual(4.5);
    }
  });
  it("grows with the share", () => {
    const fills = [0.01, 0.1, 0.3, 0.6, 1].map((share) => inkOn(light, share).fill);
    expect(new Set(fills).size).toBeGreaterThan(3);
  });
});
