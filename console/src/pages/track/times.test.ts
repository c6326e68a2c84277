import { describe, expect, it } from "vitest";
import { hours, instant, span } from "./times";

const ZONE = "Asia/Shanghai";

describe("times for shoppers", () => {
  it("tells hours of one day, and days of several", () => {
    expect(span("2026-11-24T01:00:00Z", "2026-11-24T04:00:00Z", "en", ZONE)).toBe("Tue 24 Nov 09:00–12:00");
    expect(span("2026-11-24T01:00:00Z", "2026-11-26T04:00:00Z", "en", ZONE)).toBe("Tue 24 Nov – Thu 26 Nov");
    expect(span(null, "2026-11-24T14:00:00Z", "zh", ZONE)).toBe("11月24日周二 22:00");
  });

  it("leaves today's day out", () => {
    const now = new Date("2026-11-24T03:00:00Z");
    expect(instant("2026-11-24T14:00:00Z", "en", ZONE, now)).toBe("22:00");
    expect(instant("2026-11-24T16:30:00Z", "en", ZONE, now)).toBe("Wed 25 Nov 00:30");
  });

  it("says opening hours in words", () => {
    expect(hours("Mo-Fr 10:00-22:00; Sa,Su 09:00-23:00; PH off", "zh")).toEqual([
      "周一至周五 10:00–22:00",
      "周六,周日 09:00–23:00",
      "节假日 休息",
    ]);
    expect(hours("Mo-Su 07:00-22:00", "en")).toEqual(["Mon–Sun 07:00–22:00"]);
    expect(hours("sunrise-sunset", "en")).toEqual(["sunrise–sunset"]);
  });
});
