import { describe, expect, it } from "vitest";
import { dark, light, type Look } from "@/theme";

/** WCAG 2's contrast of two colours, 1 to 21. */
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe.each<[string, Look]>([
  ["light", light],
  ["dark", dark],
])("the %s theme", (_name, look) => {
  const surfaces = [look.surface, look.page, look.raised];

  it("has text of 4.5:1 on every surface", () => {
    for (const surface of surfaces) {
      for (const ink of [look.text, look.muted, look.link])
        expect(contrast(ink, surface)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("has text of 4.5:1 on every tone's fill, and marks of 3:1 on every surface", () => {
    for (const tone of Object.values(look.tone)) {
      expect(contrast(tone.text, tone.fill)).toBeGreaterThanOrEqual(4.5);
      for (const surface of surfaces) expect(contrast(tone.mark, surface)).toBeGreaterThanOrEqual(3);
    }
  });

  it("has categories of 3:1 on every surface, all of them different", () => {
    for (const colour of look.categories) {
      for (const surface of surfaces) expect(contrast(colour, surface)).toBeGreaterThanOrEqual(3);
    }
    expect(new Set(look.categories).size).toBe(look.categories.length);
  });
});
