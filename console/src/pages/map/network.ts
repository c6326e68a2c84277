/**
 * A network of up to hundreds of thousands of locations, in columns.
 *
 * Locations are kept in the order of a Z curve (Morton, 1966) over the Web Mercator plane, so that every square of every
 * zoom level is one stretch of them: clusters of what is in sight are found by halving stretches, and nothing is built
 * anew when somebody pans or when figures change.
 */
import type { Schemas } from "@/api/client";

export type Points = Schemas["NetworkPoints"];
export type Load = Schemas["NetworkLoad"];

/** What is known of a location's load; −1 in the columns of capacity is "without a limit". */
export const COUNTS = [
  "open",
  "in_progress",
  "on_hold",
  "late",
  "rejected",
  "hour_used",
  "hour_left",
  "units",
  "reserved",
  "records",
  "records_out",
] as const;
export type Count = (typeof COUNTS)[number];

export interface Sums {
  count: number;
  work: number;
  late: number;
  rejected: number;
  /** Of the hour, summed over the locations that have a limit. */
  used: number;
  left: number;
  units: number;
  records: number;
  out: number;
}

export interface Cluster {
  /** Stays the same while the zoom does. */
  key: number;
  lon: number;
  lat: number;
  sums: Sums;
  /** The only location in it, else −1. */
  row: number;
  /** The square that its locations lie in. */
  box?: Bounds;
}

export interface Filter {
  group?: string;
  capability?: string;
  partner?: string;
  kind?: string;
  region?: string;
}

export type Bounds = [west: number, south: number, east: number, north: number];

/** West, south, east, north as the address and the API have it; and back. */
export const textOf = (bounds: Bounds): string => bounds.map((edge) => edge.toFixed(7)).join(",");
export function boundsOf(text: string | undefined): Bounds | undefined {
  const [west, south, east, north, ...more] = (text ?? "").split(",").map(Number);
  if (west === undefined || south === undefined || east === undefined || north === undefined)
    return undefined;
  return more.length === 0 && west < east && south < north ? [west, south, east, north] : undefined;
}

const BITS = 16;
const SIDE = 2 ** BITS;

/** Web Mercator in [0, 1): x to the East, y to the South. */
export const mercatorX = (lon: number): number => (lon + 180) / 360;
export function mercatorY(lat: number): number {
  const sin = Math.sin((Math.max(-85.05, Math.min(85.05, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}
export const toLon = (x: number): number => x * 360 - 180;
export const toLat = (y: number): number => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

function spread(n: number): number {
  let v = n & 0xffff;
  v = (v | (v << 8)) & 0x00ff00ff;
  v = (v | (v << 4)) & 0x0f0f0f0f;
  v = (v | (v << 2)) & 0x33333333;
  return (v | (v << 1)) & 0x55555555;
}
export const morton = (x: number, y: number): number => (spread(x) | (spread(y) << 1)) >>> 0;

export const nothing = (): Sums => ({
  count: 0,
  work: 0,
  late: 0,
  rejected: 0,
  used: 0,
  left: 0,
  units: 0,
  records: 0,
  out: 0,
});

export class Network {
  readonly size: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly counts: Record<Count, Int32Array>;
  /** Rows along the curve, and where on it each of them lies. */
  private readonly order: Uint32Array;
  private readonly codes: Uint32Array;
  private readonly rows = new Map<string, number>();
  private readonly shown: Uint8Array;
  sequence: string | undefined;

  constructor(readonly points: Points) {
    const { lat, lon, code, orders_per_hour } = points.columns;
    this.size = points.count;
    this.x = Float64Array.from(lon, mercatorX);
    this.y = Float64Array.from(lat, mercatorY);
    const keyed = new Float64Array(this.size);
    for (let row = 0; row < this.size; row++) {
      const place = morton(
        Math.min(SIDE - 1, Math.floor(this.x[row]! * SIDE)),
        Math.min(SIDE - 1, Math.floor(this.y[row]! * SIDE)),
      );
      keyed[row] = place * 2 ** 20 + row; // both fit into the 53 bits of a double
      this.rows.set(code[row]!, row);
    }
    keyed.sort();
    this.order = new Uint32Array(this.size);
    this.codes = new Uint32Array(this.size);
    for (let i = 0; i < this.size; i++) {
      const place = Math.floor(keyed[i]! / 2 ** 20);
      this.codes[i] = place;
      this.order[i] = keyed[i]! - place * 2 ** 20;
    }
    this.shown = new Uint8Array(this.size).fill(1);
    const made = COUNTS.map((name) => [name, new Int32Array(this.size)] as const);
    this.counts = Object.fromEntries(made) as Record<Count, Int32Array>;
    for (let row = 0; row < this.size; row++) this.counts.hour_left[row] = orders_per_hour[row] ?? -1;
  }

  /** The row of a location; −1 when there is none. */
  row(code: string): number {
    return this.rows.get(code) ?? -1;
  }

  /** Takes in what is told of the load; true when anything is different. */
  take(load: Load): boolean {
    const { columns } = load;
    if (load.complete) {
      for (const name of COUNTS) if (name !== "hour_left") this.counts[name].fill(0);
      const limits = this.points.columns.orders_per_hour;
      for (let row = 0; row < this.size; row++) this.counts.hour_left[row] = limits[row] ?? -1;
    }
    this.sequence = load.sequence;
    const rows = columns.code.map((code) => this.row(code));
    for (const name of COUNTS) {
      const told = columns[name];
      if (told === undefined) continue;
      const kept = this.counts[name];
      rows.forEach((row, i) => {
        if (row >= 0) kept[row] = told[i] ?? -1;
      });
    }
    return load.complete || rows.length > 0;
  }

  /** The same network, of which only what passes is drawn and counted; figures that come later are in both. */
  filtered(wanted: Filter): Network {
    const shown = new Uint8Array(this.size);
    const { columns, groups, group_sets, capabilities, partners, kinds, regions } = this.points;
    const group = wanted.group === undefined ? -1 : groups.indexOf(wanted.group);
    const sets = group_sets.map((set) => wanted.group === undefined || set.includes(group));
    const bit =
      wanted.capability === undefined ? 0 : 2 ** capabilities.findIndex((one) => one === wanted.capability);
    const partner = wanted.partner === undefined ? -1 : partners.indexOf(wanted.partner);
    const kind = wanted.kind === undefined ? -1 : kinds.findIndex((one) => one === wanted.kind);
    const within = regions.map(({ code }) => wanted.region === undefined || covers(wanted.region, code));
    for (let row = 0; row < this.size; row++) {
      const passes =
        sets[columns.group_set[row]!]! &&
        (bit === 0 || (columns.capability_bits[row]! & bit) !== 0) &&
        (wanted.partner === undefined || columns.partner[row] === partner) &&
        (kind < 0 || columns.kind[row] === kind) &&
        within[columns.region[row]!]!;
      shown[row] = passes ? 1 : 0;
    }
    return Object.assign(Object.create(Network.prototype) as Network, this, { shown });
  }

  passes(row: number): boolean {
    return this.shown[row] === 1;
  }

  /** Adds one location up. */
  add(sums: Sums, row: number): void {
    const c = this.counts;
    sums.count += 1;
    sums.work += c.open[row]! + c.in_progress[row]! + c.on_hold[row]!;
    sums.late += c.late[row]!;
    sums.rejected += c.rejected[row]!;
    if (c.hour_left[row] !== -1) {
      sums.used += c.hour_used[row]!;
      sums.left += Math.max(0, c.hour_left[row]!);
    }
    sums.units += c.units[row]!;
    sums.records += c.records[row]!;
    sums.out += c.records_out[row]!;
  }

  of(row: number): Sums {
    const sums = nothing();
    this.add(sums, row);
    return sums;
  }

  /** All that passes, and lies in the bounds if there are any: as the API's lists take them. */
  total(bounds?: Bounds): Sums {
    const sums = nothing();
    const { lon, lat } = this.points.columns;
    const [west, south, east, north] = bounds ?? [-Infinity, -Infinity, Infinity, Infinity];
    for (let row = 0; row < this.size; row++) {
      const inside = west <= lon[row]! && lon[row]! < east && south < lat[row]! && lat[row]! <= north;
      if (inside && this.shown[row]) this.add(sums, row);
    }
    return sums;
  }

  /** Calls with each row that passes and lies within the bounds. */
  within([west, south, east, north]: Bounds, each: (row: number) => void): void {
    const [x0, x1, y0, y1] = [mercatorX(west), mercatorX(east), mercatorY(north), mercatorY(south)];
    for (let row = 0; row < this.size; row++) {
      const [x, y] = [this.x[row]!, this.y[row]!];
      if (this.shown[row] && x >= x0 && x <= x1 && y >= y0 && y <= y1) each(row);
    }
  }

  /**
   * Clusters of what passes in the squares of a level (0 to 16; each level halves their sides) that touch the bounds.
   *
   * A cluster stands at the mean of its locations, but no nearer to the edge of its square than `margin(count)` of its side:
   * so that two marks never cover each other.
   */
  clusters([west, south, east, north]: Bounds, level: number, margin: (count: number) => number): Cluster[] {
    const depth = Math.max(0, Math.min(BITS, level));
    const [x0, x1, y0, y1] = [mercatorX(west), mercatorX(east), mercatorY(north), mercatorY(south)];
    const found: Cluster[] = [];
    const visit = (at: number, cx: number, cy: number, place: number, lo: number, hi: number): void => {
      const side = 2 ** -at;
      if (lo >= hi || cx > x1 || cx + side < x0 || cy > y1 || cy + side < y0) return;
      if (at === depth) {
        const cluster = this.cluster(place, lo, hi, cx, cy, side, margin);
        if (cluster !== undefined) found.push(cluster);
        return;
      }
      const span = 4 ** (BITS - at - 1);
      const half = side / 2;
      let from = lo;
      for (let quarter = 0; quarter < 4; quarter++) {
        const next = place + quarter * span;
        const to = quarter === 3 ? hi : this.lowerBound(next + span, from, hi);
        visit(at + 1, cx + (quarter & 1) * half, cy + (quarter >> 1) * half, next, from, to);
        from = to;
      }
    };
    visit(0, 0, 0, 0, 0, this.size);
    return found;
  }

  private cluster(
    key: number,
    lo: number,
    hi: number,
    cx: number,
    cy: number,
    side: number,
    margin: (count: number) => number,
  ): Cluster | undefined {
    const sums = nothing();
    let [x, y, last] = [0, 0, -1];
    for (let i = lo; i < hi; i++) {
      const row = this.order[i]!;
      if (!this.shown[row]) continue;
      this.add(sums, row);
      x += this.x[row]!;
      y += this.y[row]!;
      last = row;
    }
    if (sums.count === 0) return undefined;
    x /= sums.count;
    y /= sums.count;
    if (sums.count > 1) {
      const [near, far] = [margin(sums.count) * side, (1 - margin(sums.count)) * side];
      x = Math.max(cx + near, Math.min(cx + far, x));
      y = Math.max(cy + near, Math.min(cy + far, y));
    }
    const box: Bounds = [toLon(cx), toLat(cy + side), toLon(cx + side), toLat(cy)];
    return { key, lon: toLon(x), lat: toLat(y), sums, row: sums.count === 1 ? last : -1, box };
  }

  private lowerBound(place: number, lo: number, hi: number): number {
    while (lo < hi) {
      const middle = (lo + hi) >>> 1;
      if (this.codes[middle]! < place) lo = middle + 1;
      else hi = middle;
    }
    return lo;
  }

  /** The rows in the bounds with the greatest values, greatest first, and how many rows there are. */
  top(bounds: Bounds, value: (row: number) => number, most: number): { rows: number[]; count: number } {
    const rows: number[] = [];
    this.within(bounds, (row) => rows.push(row));
    const ranked = Float64Array.from(rows, value);
    const places = rows.map((_, i) => i).sort((a, b) => ranked[b]! - ranked[a]! || rows[a]! - rows[b]!);
    return { rows: places.slice(0, most).map((i) => rows[i]!), count: rows.length };
  }

  /** Locations whose code or name has a text in it, those that begin with it first. */
  search(text: string, most: number): number[] {
    const wanted = text.trim().toLowerCase();
    if (wanted === "") return [];
    const { code, name } = this.points.columns;
    const first: number[] = [];
    const rest: number[] = [];
    for (let row = 0; row < this.size && first.length < most; row++) {
      const inCode = code[row]!.toLowerCase().indexOf(wanted);
      const inName = inCode === 0 ? -1 : name[row]!.toLowerCase().indexOf(wanted);
      if (inCode === 0 || inName === 0) first.push(row);
      else if ((inCode > 0 || inName > 0) && rest.length < most) rest.push(row);
    }
    return [...first, ...rest].slice(0, most);
  }

  /** Sums by region: `codes[n]` is the polygon of the network's region n, undefined where there is none. */
  byRegion(codes: readonly (string | undefined)[]): Map<string, Sums> {
    const sums = this.points.regions.map(nothing);
    const region = this.points.columns.region;
    for (let row = 0; row < this.size; row++) if (this.shown[row]) this.add(sums[region[row]!]!, row);
    const found = new Map<string, Sums>();
    sums.forEach((sum, n) => {
      const code = codes[n];
      if (code === undefined) return;
      const before = found.get(code);
      if (before === undefined) found.set(code, { ...sum });
      else for (const name of Object.keys(sum) as (keyof Sums)[]) before[name] += sum[name];
    });
    return found;
  }
}

const trimmed = (code: string): string => (/^\d+$/.test(code) ? code.replace(/(00)+$/, "") : code);

/** Whether a division of GB/T 2260 (or ISO 3166-2) contains another. */
export const covers = (outer: string, inner: string): boolean => inner.startsWith(trimmed(outer.slice(0, 6)));

/** For each code, the polygon that it lies in: its own, its prefecture's or its province's. */
export function polygonsOf(codes: readonly string[], polygons: ReadonlySet<string>): (string | undefined)[] {
  return codes.map((code) =>
    [code.slice(0, 6), `${code.slice(0, 4)}00`, `${code.slice(0, 2)}0000`].find((one) => polygons.has(one)),
  );
}
