import { describe, expect, it } from "vitest";
import { duration, moment, money, quantity } from "@/ui/format";

describe("money", () => {
  it("is told in the currency's own minor units", () => {
    expect(money(1990, "CNY", "en")).toBe("¥19.90");
    expect(money(1990, "JPY", "en")).toBe("¥1,990");
    expect(money(-500, "CNY", "zh")).toBe("-¥5.00");
  });
});

describe("a moment", () => {
  it("is told in the store's zone, not in the reader's", () => {
    expect(moment("2026-11-10T18:30:00Z", "minute", "Asia/Shanghai")).toBe("11-11 02:30");
    expect(moment("2026-11-10T18:30:00Z", "date", "Europe/Paris")).toBe("2026-11-10");
    expect(moment("2026-11-10T18:30:05Z", "clock", "Asia/Shanghai")).toBe("02:30:05");
  });
});

describe("a duration", () => {
  it("is rounded down to the largest unit that says something", () => {
    expect(duration(45, "en")).toMatch(/^45 sec/);
    expect(duration(-185, "en")).toMatch(/^3 min/);
    expect(duration(7_300, "zh")).toMatch(/^2\D/);
  });
});

it("groups digits", () => {
  expect(quantity(1204511, "en")).toBe("1,204,511");
});
