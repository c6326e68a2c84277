import { describe, expect, it } from "vitest";
import { limitsOf, shareOf, stepOf, toneOf } from "@/pages/map/measure";
import {
  type Bounds,
  covers,
  type Load,
  Network,
  nothing,
  type Points,
  polygonsOf,
} from "@/pages/map/network";

const WORLD: Bounds = [-180, -85, 180, 85];

/** Three stores in Shanghai, a warehouse in Guangzhou that a partner owns. */
function points(): Points {
  return {
    count: 4,
    kinds: ["store", "warehouse", "partner"],
    capabilities: ["ship", "same_day", "pick_up"],
    groups: ["flagship", "north"],
    group_sets: [[], [0], [0, 1]],
    partners: ["", "mall"],
    regions: [
      { code: "310115", name: "上海市 浦东新区", en: "Shanghai" },
      { code: "440106", name: "广东省 广州市 天河区", en: "Guangzhou, Guangdong" },
    ],
    columns: {
      code: ["S1", "S2", "S3", "W1"],
      name: ["陆家嘴店", "世纪大道店", "徐家汇店", "广州仓"],
      lat: [31.235, 31.236, 31.19, 23.13],
      lon: [121.5, 121.501, 121.43, 113.3],
      kind: [0, 0, 0, 1],
      region: [0, 0, 0, 1],
      group_set: [1, 2, 0, 0],
      partner: [0, 0, 0, 1],
      capability_bits: [5, 1, 4, 1],
      orders_per_hour: [10, null, 5, null],
      orders_per_day: [null, null, null, null],
      enabled: [1, 1, 0, 1],
    },
  };
}

function load(complete: boolean, code: string[], open: number[]): Load {
  const zeros = code.map(() => 0);
  const columns = { code, open, in_progress: zeros, on_hold: zeros, late: open, rejected: zeros };
  return {
    at: "2026-11-11T00:00:00Z",
    sequence: "a-1",
    complete,
    columns: { ...columns, hour_used: open, hour_left: zeros, day_used: zeros, day_left: zeros },
  };
}

const total = (network: Network, level: number) =>
  network.clusters(WORLD, level, () => 0.3).reduce((sum, cluster) => sum + cluster.sums.count, 0);

describe("a network", () => {
  it("is whole at every level of its clusters, which part as the level grows", () => {
    const network = new Network(points());
    for (let level = 0; level <= 16; level++) expect(total(network, level)).toBe(4);
    expect(network.clusters(WORLD, 0, () => 0.3)).toHaveLength(1);
    expect(network.clusters(WORLD, 8, () => 0.3).map(({ sums }) => sums.count)).toEqual([3, 1]);
    const single = network.clusters(WORLD, 16, () => 0.3).filter(({ row }) => row === 3);
    expect(single[0]?.lat).toBeCloseTo(23.13);
  });

  it("shows only squares that touch the bounds", () => {
    const found = new Network(points()).clusters([121, 31, 122, 32], 9, () => 0);
    expect(found.reduce((sum, { sums }) => sum + sums.count, 0)).toBe(3);
  });

  it("has as many clusters of as many locations as one by one, wherever they are", () => {
    const many = points();
    const n = 2000;
    const wild = (seed: number) => (Math.sin(seed * 12.9898) * 43758.5453) % 1;
    for (const [name, column] of Object.entries(many.columns)) {
      (many.columns as Record<string, unknown[]>)[name] = Array.from({ length: n }, () => column[0]!);
    }
    many.count = n;
    many.columns.code = Array.from({ length: n }, (_, i) => `S${i}`);
    many.columns.lat = Array.from({ length: n }, (_, i) => 80 * wild(i + 1));
    many.columns.lon = Array.from({ length: n }, (_, i) => 179 * wild(i + n));
    const network = new Network(many);
    const squares = new Map<number, number>();
    for (let row = 0; row < n; row++) {
      const square = Math.floor(network.x[row]! * 64) + 64 * Math.floor(network.y[row]! * 64);
      squares.set(square, (squares.get(square) ?? 0) + 1);
    }
    const counts = network.clusters(WORLD, 6, () => 0.3).map(({ sums }) => sums.count);
    expect(counts.sort()).toEqual([...squares.values()].sort());
  });

  it("is filtered by group, capability, partner, kind and region", () => {
    const network = new Network(points());
    const left = (filter: Parameters<Network["filtered"]>[0]) => {
      const rows: number[] = [];
      network.filtered(filter).within(WORLD, (row) => rows.push(row));
      return rows;
    };
    expect(left({})).toEqual([0, 1, 2, 3]);
    expect(left({ group: "north" })).toEqual([1]);
    expect(left({ group: "nobody" })).toEqual([]);
    expect(left({ capability: "pick_up" })).toEqual([0, 2]);
    expect(left({ capability: "nothing" })).toEqual([]);
    expect(left({ partner: "" })).toEqual([0, 1, 2]);
    expect(left({ kind: "warehouse" })).toEqual([3]);
    expect(left({ region: "310000" })).toEqual([0, 1, 2]);
  });

  it("takes in what changed, and forgets what a complete answer does not name", () => {
    const network = new Network(points());
    const view = network.filtered({ group: "flagship" });
    network.take(load(true, ["S1", "S2"], [3, 4]));
    expect(view.total().work).toBe(7);
    network.take(load(false, ["S2", "GONE"], [1, 9]));
    expect([network.of(0).work, network.of(1).work]).toEqual([3, 1]);
    network.take(load(true, ["S1"], [2]));
    expect(network.total()).toMatchObject({ count: 4, work: 2, late: 2, used: 2, left: 5 });
  });

  it("lists those with the most first, and finds by code and by name", () => {
    const network = new Network(points());
    network.take(load(true, ["S2", "W1"], [3, 9]));
    expect(network.top(WORLD, (row) => network.of(row).work, 2)).toEqual({ rows: [3, 1], count: 4 });
    expect(network.search("s", 2)).toEqual([0, 1]);
    expect(network.search("徐家", 5)).toEqual([2]);
    expect(network.search(" ", 5)).toEqual([]);
  });

  it("sums by the polygon that a region lies in", () => {
    const network = new Network(points());
    const codes = network.points.regions.map(({ code }) => code);
    const polygons = polygonsOf(codes, new Set(["310000", "440100"]));
    expect(polygons).toEqual(["310000", "440100"]);
    expect(network.byRegion(polygons).get("310000")?.count).toBe(3);
    expect(covers("440000", "440106") && !covers("440200", "440106")).toBe(true);
  });
});

describe("a measure", () => {
  it("has five steps with round limits, and none for nothing", () => {
    const limits = limitsOf("work", [0, 1, 3, 8, 20, 55, 123, 980]);
    expect(limits).toHaveLength(4);
    expect(limits).toEqual([...limits].sort((a, b) => a - b));
    expect([0, 1, 100_000].map((value) => stepOf(value, limits))).toEqual([0, 1, 5]);
    expect(stepOf(undefined, limits)).toBe(0);
  });

  it("is neutral without work, and alarms by share", () => {
    expect(toneOf("work", nothing())).toBe("neutral");
    expect(toneOf("work", { ...nothing(), work: 10, late: 5 })).toBe("danger");
    expect(toneOf("capacity", { ...nothing(), used: 7, left: 3 })).toBe("warning");
    expect(shareOf("stock", { ...nothing(), records: 4, out: 1 })).toBe(0.25);
  });
});
