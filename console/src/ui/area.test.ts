import { expect, it } from "vitest";
import { areaQuery, locationsOf, stockOf, workOf } from "@/ui/area";

it("says an area as each list's address does", () => {
  const area = { region: "310000", kind: "store", partner: "" };
  expect(workOf(area, { late: true })).toBe("/work?region=310000&partner=-&location_kind=store&late=true");
  expect(stockOf(area, { state: "out" })).toBe(
    "/stock?region=310000&partner=-&location_kind=store&window=now&state=out",
  );
  expect(locationsOf(area)).toBe("/locations?region=310000&partner=-&kind=store");
});

it("names a single location by its code alone", () => {
  expect(workOf({ location: "BJ 1", region: "110000" })).toBe("/work?location=BJ+1");
  expect(locationsOf({ location: "BJ 1" })).toBe("/locations/BJ%201");
});

it("asks for the brand's own stock by an empty partner", () => {
  expect(areaQuery({ partner: "-", within: "1,2,3,4" })).toEqual({ partner: "", within: "1,2,3,4" });
});
