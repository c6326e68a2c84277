/** The region polygons: asked once, kept while the console is open. */
import { queryOptions } from "@tanstack/react-query";
import type { Feature, FeatureCollection, MultiPolygon, Point, Polygon } from "geojson";
import { api, data } from "@/api/client";
import type { Language } from "@/app/preferences";

export type Level = "province" | "prefecture";

/** GB/T 2260 code and name; where the name is well placed (degrees, WGS-84). */
export interface RegionInfo {
  code: string;
  name: string;
  en?: string;
  province?: string;
  lon: number;
  lat: number;
}

export type Regions = FeatureCollection<Polygon | MultiPolygon, RegionInfo>;

export interface Inset {
  name: string;
  width: number;
  height: number;
  polygons: [number, number][][];
}

async function shapes(level: Level | "inset"): Promise<unknown> {
  return data(api.GET("/v1/network/regions/{level}", { params: { path: { level } } }));
}

export const regionsQuery = (level: Level) =>
  queryOptions({
    queryKey: ["regions", level],
    queryFn: async () => (await shapes(level)) as Regions,
    staleTime: Infinity,
    gcTime: Infinity,
  });

export const insetQuery = queryOptions({
  queryKey: ["regions", "inset"],
  queryFn: async () => (await shapes("inset")) as Inset,
  staleTime: Infinity,
  gcTime: Infinity,
});

/** The name in the reader's language where there is one. */
export const regionName = (region: RegionInfo, language: Language): string =>
  language === "en" ? (region.en ?? region.name) : region.name;

/** On the map the short form: 广西, 内蒙古. */
const SUFFIX = /(?:维吾尔|壮族|回族)?自治区$|特别行政区$|省$|市$|地区$/;

export function shortName(region: RegionInfo, language: Language): string {
  const name = regionName(region, language);
  return name.length > 2 ? name.replace(SUFFIX, "") : name;
}

/** A point a region, to write its name at. */
export function labels(regions: Regions, language: Language): FeatureCollection<Point> {
  const features: Feature<Point>[] = regions.features.map(({ properties }) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [properties.lon, properties.lat] },
    properties: { code: properties.code, name: shortName(properties, language) },
  }));
  return { type: "FeatureCollection", features };
}

export type Box = [west: number, south: number, east: number, north: number];

/** The box around a region. */
export function boxOf(feature: Regions["features"][number]): Box {
  const box: Box = [180, 90, -180, -90];
  const polygons =
    feature.geometry.type === "Polygon" ? [feature.geometry.coordinates] : feature.geometry.coordinates;
  for (const [ring] of polygons) {
    for (const [lon, lat] of ring ?? []) {
      if (lon === undefined || lat === undefined) continue;
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box;
}
