/** The network on a map: what of it is drawn at a place and zoom, and what is pointed at. */
import type { Feature, FeatureCollection } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, Map } from "maplibre-gl";
import type { Look } from "@/theme";
import { type Measure, shareOf, toneOf } from "@/pages/map/measure";
import type { Bounds, Cluster, Network, Sums } from "@/pages/map/network";
import { dotId, drawn, ringId, SIZES, sizeOf } from "@/pages/map/rings";
import { FONTS, PREFECTURES_FROM } from "@/ui/map/style";

export const NETWORK = "network";
export const CHOSEN = "chosen";
const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
/** Each square of a cluster is 64 to 128 px wide. */
const SQUARE = 3;
const FINEST = 16;
/** px of a square just after it was halved. */
const NARROWEST = 64;
/** From here on each location is drawn by itself, unless there are too many. */
const SINGLE_FROM = 12.5;
const SINGLE_MOST = 3_000;
/** What lies around the view is drawn as well, so that a pan does not wait. */
const AROUND = 0.5;

export interface Scene {
  network: Network;
  measure: Measure;
  /** Writes a count shortly. */
  short: (count: number) => string;
}

export interface Hit {
  x: number;
  y: number;
  sums: Sums;
  row: number;
  lon: number;
  lat: number;
  key: number;
  /** The square of a cluster. */
  box?: Bounds;
  /** The region, where nothing of the network is hit. */
  region?: string;
}

export const levelOf = (zoom: number): number => Math.min(FINEST, Math.floor(zoom) + SQUARE);

/** Keeps the drawn part of a network right while the map moves. */
export class NetworkLayers {
  private scene: Scene | undefined;
  private clusters: Cluster[] = [];
  private drawnFor: { bounds: Bounds; level: number; single: boolean } | undefined;

  constructor(
    private readonly map: Map,
    look: Look,
  ) {
    map.addSource(NETWORK, { type: "geojson", data: EMPTY });
    map.addSource(CHOSEN, { type: "geojson", data: EMPTY });
    map.setMissingStyleImageResolver((id) => {
      const image = drawn(id, look);
      if (image !== undefined && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: 2 });
    });
    map.addLayer({
      id: CHOSEN,
      type: "circle",
      source: CHOSEN,
      paint: {
        "circle-radius": 13,
        "circle-color": "rgba(0,0,0,0)",
        "circle-stroke-color": look.primary,
        "circle-stroke-width": 3,
      },
    });
    const written: ExpressionSpecification = ["get", "text"];
    map.addLayer({
      id: NETWORK,
      type: "symbol",
      source: NETWORK,
      layout: {
        "icon-image": ["get", "image"],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "text-field": written,
        "text-font": FONTS,
        "text-size": 12,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
        "symbol-sort-key": ["get", "rank"],
      },
      paint: { "text-color": look.text },
    });
    map.on("move", this.follow);
  }

  remove(): void {
    this.map.off("move", this.follow);
  }

  show(scene: Scene): void {
    this.scene = scene;
    this.drawnFor = undefined;
    this.follow();
  }

  /** A ring around one location. */
  choose(row: number): void {
    const { scene } = this;
    const features: Feature[] = [];
    if (row >= 0 && scene !== undefined) {
      const { lon, lat } = scene.network.points.columns;
      features.push({
        type: "Feature",
        geometry: { type: "Point", coordinates: [lon[row]!, lat[row]!] },
        properties: {},
      });
    }
    void this.map.getSource<GeoJSONSource>(CHOSEN)?.setData({ type: "FeatureCollection", features });
  }

  private readonly follow = (): void => {
    const { scene, map } = this;
    if (scene === undefined) return;
    const zoom = map.getZoom();
    const level = levelOf(zoom);
    const bounds = boundsOf(map);
    const single = zoom >= SINGLE_FROM;
    const before = this.drawnFor;
    if (before?.level === level && before.single === single && contains(before.bounds, bounds)) return;
    const wide = widened(bounds);
    this.drawnFor = { bounds: wide, level, single };
    this.clusters = this.gather(scene, wide, level, single);
    const features = this.clusters.map((cluster, i) => featureOf(scene, cluster, i));
    void map.getSource<GeoJSONSource>(NETWORK)?.setData({ type: "FeatureCollection", features });
    const container = map.getContainer();
    container.removeAttribute("data-drawn");
    void map.once("idle", () => container.setAttribute("data-drawn", String(features.length)));
  };

  private gather({ network }: Scene, bounds: Bounds, level: number, single: boolean): Cluster[] {
    if (single) {
      const rows: number[] = [];
      network.within(bounds, (row) => rows.push(row));
      if (rows.length <= SINGLE_MOST) {
        const { lon, lat } = network.points.columns;
        return rows.map((row) => ({ key: row, lon: lon[row]!, lat: lat[row]!, sums: network.of(row), row }));
      }
    }
    return network.clusters(bounds, level, (count) => SIZES[sizeOf(count)]! / 2 / NARROWEST);
  }

  /** What lies under a point of the map. */
  at(x: number, y: number): Hit | undefined {
    const [feature] = this.map.queryRenderedFeatures([x, y], { layers: [NETWORK] });
    const cluster = feature === undefined ? undefined : this.clusters[Number(feature.properties.at)];
    if (cluster !== undefined) {
      const { sums, row, lon, lat, key, box } = cluster;
      return { x, y, sums, row, lon, lat, key, box };
    }
    const layer = this.map.getZoom() < PREFECTURES_FROM ? "province" : "prefecture";
    const [region] = this.map.queryRenderedFeatures([x, y], { layers: [layer] });
    const code: unknown = region?.properties.code;
    if (typeof code !== "string") return undefined;
    const { lng, lat } = this.map.unproject([x, y]);
    return { x, y, sums: empty, row: -1, lon: lng, lat, key: -1, region: code };
  }

  /** Marks a region by a line around it; '' none. */
  outline(code: string): void {
    for (const layer of ["region_hover", "region_hover_fine"]) {
      this.map.setFilter(layer, ["==", ["get", "code"], code]);
    }
  }

  /** Colours the regions of a level. */
  shade(level: "province" | "prefecture", steps: ReadonlyMap<string, number>): void {
    this.map.removeFeatureState({ source: level });
    for (const [id, step] of steps) this.map.setFeatureState({ source: level, id }, { step });
  }
}

const empty: Sums = {
  count: 0,
  work: 0,
  late: 0,
  rejected: 0,
  used: 0,
  left: 0,
  units: 0,
  records: 0,
  out: 0,
};

function featureOf({ network, measure, short }: Scene, cluster: Cluster, at: number): Feature {
  const { sums, row, lon, lat } = cluster;
  const tone = toneOf(measure, sums);
  const kind = network.points.kinds[network.points.columns.kind[row] ?? 0] ?? "store";
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: [lon, lat] },
    properties: {
      at,
      count: sums.count,
      code: row < 0 ? "" : network.points.columns.code[row],
      image: row < 0 ? ringId(sizeOf(sums.count), shareOf(measure, sums), tone) : dotId(kind, tone),
      text: row < 0 ? short(sums.count) : "",
      rank: row < 0 ? sums.count : 0,
    },
  };
}

export function boundsOf(map: Map): Bounds {
  const box = map.getBounds();
  return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
}

const contains = (outer: Bounds, inner: Bounds): boolean =>
  outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];

function widened([west, south, east, north]: Bounds): Bounds {
  const [dx, dy] = [(east - west) * AROUND, (north - south) * AROUND];
  return [west - dx, Math.max(-85, south - dy), east + dx, Math.min(85, north + dy)];
}
