import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countedOf,
  leftOf,
  pickLines,
  scanInto,
  serialInto,
  withCount,
  type Basket,
} from "@/pages/store/picking";
import { gtin14, isArticle, readCode, readTask } from "@/pages/store/scan/codes";
import type { Article, TaskLine } from "@/pages/store/task";

const article = (sku: string, change: Partial<Article> = {}): Article => ({
  sku,
  name: { und: sku },
  gtin: null,
  unit: "piece",
  scale: 1,
  options: {},
  shelf: null,
  image: null,
  serials: false,
  ...change,
});
const MUG = article("MUG", { gtin: "06901234567892" });
const WATCH = article("WATCH", { gtin: "00036000291452", serials: true });
const ARTICLES = new Map([MUG, WATCH].map((one) => [one.sku, one]));
const line = (no: number, offer: string, unpicked: number): TaskLine => ({
  line: no,
  offer,
  wanted: unpicked,
  picked: 0,
  unpicked,
  short: 0,
  open: unpicked,
  serials: [],
});
const LINES = [line(1, "MUG", 2), line(2, "WATCH", 1)];

describe("codes", () => {
  it.each([
    ["6901234567892", "06901234567892", ""],
    ["036000291452", "00036000291452", ""],
    ["(01)06901234567892(21)A-77", "06901234567892", "A-77"],
    ["]d2010690123456789217270101\x1d21A-77", "06901234567892", "A-77"],
    ["https://id.example/01/06901234567892/21/A-77?x=1", "06901234567892", "A-77"],
    ["6901234567890", "", ""],
    ["SCARF", "", ""],
  ])("%s", (text, gtin, serial) => {
    expect(readCode(text)).toEqual({ text, gtin, serial });
  });

  it("finds one wrong digit of a GTIN, whichever it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digits = [..."6901234567892"].map(Number);
        digits[at] = ((digits[at] ?? 0) + by) % 10;
        expect(gtin14(digits.join(""))).toBe("");
      }),
    );
  });

  it("knows a task's label from a shopper's ticket", () => {
    const id = "0192f0c1-2345-7abc-8def-0123456789ab-12";
    expect(readTask(id)).toEqual({ task: id, code: null });
    expect(readTask(`${id}.004711`)).toEqual({ task: id, code: "004711" });
    expect(readTask("004711")).toBeNull();
    expect(isArticle(readCode("MUG"), MUG)).toBe(true);
  });
});

describe("scanning into the basket", () => {
  const scan = (basket: Basket, code: string) => scanInto(basket, LINES, ARTICLES, readCode(code));

  it("counts what belongs there until there is enough", () => {
    const first = scan({}, "6901234567892");
    expect(first.is).toBe("counted");
    const second = first.is === "counted" ? scan(first.basket, "MUG") : first;
    expect(second.is === "counted" && countedOf(second.basket, 1).found).toBe(2);
    expect(second.is === "counted" && scan(second.basket, "6901234567892").is).toBe("complete");
  });

  it("refuses what is of another order", () => {
    expect(scan({}, "SCARF")).toEqual({ is: "unknown", text: "SCARF" });
  });

  it("wants a serial number where there is one, and each only once", () => {
    expect(scan({}, "WATCH").is).toBe("needs_serial");
    const wide = [line(1, "WATCH", 2)];
    const once = serialInto({}, wide, wide[0]!, WATCH, "SN-1");
    expect(once.is).toBe("counted");
    const basket = once.is === "counted" ? once.basket : {};
    expect(serialInto(basket, wide, wide[0]!, WATCH, "SN-1")).toEqual({ is: "twice", serial: "SN-1" });
    expect(pickLines(basket, wide)).toEqual([{ line: 1, quantity: 1, serials: ["SN-1"] }]);
  });

  it("never counts more than is wanted", () => {
    const change = fc.record({
      found: fc.integer({ min: -3, max: 9 }),
      short: fc.integer({ min: -3, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(change, fc.constantFrom("MUG", "6901234567892", "WATCH"))), (moves) => {
        let basket: Basket = {};
        for (const move of moves) {
          if (typeof move !== "string") basket = withCount(basket, LINES[0]!, move);
          else {
            const result = scan(basket, move);
            if (result.is === "counted") basket = result.basket;
          }
          const { found, short } = countedOf(basket, 1);
          expect(Math.min(found, short, leftOf(basket, LINES[0]!))).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
