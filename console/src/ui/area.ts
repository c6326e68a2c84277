/**
 * Which locations a figure is about, as the addresses of lists say it: what a figure counts, its list shows.
 *
 *     workOf({ region: "310000" }, { late: true })      /work?region=310000&late=true
 */

/** `partner` "" is the brand itself; `within` is west,south,east,north in degrees. */
export interface Area {
  location?: string;
  group?: string;
  capability?: string;
  partner?: string;
  kind?: string;
  region?: string;
  within?: string;
}

export const AREA = ["group", "capability", "partner", "region", "within"] as const;
const OWN = "-";

type Wanted = Record<string, string | number | boolean | undefined>;

function address(path: string, wanted: Wanted): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined && value !== "" && value !== false) query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function inAddress(area: Area, kind: "kind" | "location_kind"): Wanted {
  const { kind: place, partner, location, ...others } = area;
  if (location !== undefined) return { location };
  return { ...others, partner: partner === "" ? OWN : partner, [kind]: place };
}

/** The fulfilment orders of an area. */
export const workOf = (area: Area, wanted: Wanted = {}): string =>
  address("/work", { ...inAddress(area, "location_kind"), ...wanted });

/** What stands in an area now, without what comes in later. */
export const stockOf = (area: Area, wanted: Wanted = {}): string =>
  address("/stock", { ...inAddress(area, "location_kind"), window: "now", ...wanted });

/** The locations of an area. */
export const locationsOf = (area: Area, wanted: Wanted = {}): string =>
  area.location === undefined
    ? address("/locations", { ...inAddress(area, "kind"), ...wanted })
    : `/locations/${encodeURIComponent(area.location)}`;

/** What the API is asked for, of an address. */
export function areaQuery(filters: Partial<Record<(typeof AREA)[number], string>>) {
  const { group, capability, partner, region, within } = filters;
  return {
    ...(group === undefined ? {} : { group }),
    ...(capability === undefined ? {} : { capability: capability as Capability }),
    ...(partner === undefined ? {} : { partner: partner === OWN ? "" : partner }),
    ...(region === undefined ? {} : { region }),
    ...(within === undefined ? {} : { within }),
  };
}

type Capability =
  | "ship"
  | "same_day"
  | "pick_up"
  | "returns"
  | "fitting"
  | "alterations"
  | "repair"
  | "installation"
  | "click_and_reserve"
  | "lockers";
