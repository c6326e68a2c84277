/** Points and lines of a map as features and layers. */
import type { Feature, FeatureCollection } from "geojson";
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Look, Tone } from "@/theme";
import { FONTS } from "@/ui/map/style";

export interface MapPoint {
  id: string;
  lat: number;
  lon: number;
  /** Shown beside the point when there is room, and when it is pointed at. */
  name: string;
  tone?: Tone;
  /** A shopper's address is a ring, so that it can't be taken for a store. */
  shape?: "store" | "address";
  /** px across; 14 by default. */
  size?: number;
  /** Whether the name is written beside it; always by default. */
  named?: boolean;
}

export interface MapLine {
  id: string;
  /** [lon, lat] */
  from: [number, number];
  to: [number, number];
  tone?: Tone;
  dashed?: boolean;
  name?: string;
}

export const MARKS = "marks";
export const LINES = "lines";

export function pointFeatures(points: readonly MapPoint[], look: Look): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: points.map((point): Feature => {
      const { mark } = look.tone[point.tone ?? "info"];
      const ring = point.shape === "address";
      return {
        type: "Feature",
        geometry: { type: "Point", coordinates: [point.lon, point.lat] },
        properties: {
          id: point.id,
          name: point.name,
          written: point.named === false ? "" : point.name,
          radius: (point.size ?? 14) / 2,
          fill: ring ? look.surface : mark,
          edge: ring ? look.text : look.surface,
        },
      };
    }),
  };
}

const STEPS = 24;

/** A line bent to the left by an eighth of its length, so that there and back don't cover each other. */
export function arc(from: readonly [number, number], to: readonly [number, number]): [number, number][] {
  const [x0, y0] = from;
  const [x1, y1] = to;
  const control = [(x0 + x1) / 2 - (y1 - y0) / 8, (y0 + y1) / 2 + (x1 - x0) / 8] as const;
  return Array.from({ length: STEPS + 1 }, (_, i) => {
    const t = i / STEPS;
    const u = 1 - t;
    return [
      u * u * x0 + 2 * u * t * control[0] + t * t * x1,
      u * u * y0 + 2 * u * t * control[1] + t * t * y1,
    ];
  });
}

export function lineFeatures(lines: readonly MapLine[], look: Look): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: lines.map((line): Feature => ({
      type: "Feature",
      geometry: { type: "LineString", coordinates: arc(line.from, line.to) },
      properties: {
        id: line.id,
        name: line.name ?? "",
        color: look.tone[line.tone ?? "info"].mark,
        dashed: line.dashed === true,
      },
    })),
  };
}

export function markLayers(look: Look): LayerSpecification[] {
  const line = { "line-color": ["get", "color"] as ExpressionSpecification, "line-width": 2 };
  return [
    { id: LINES, type: "line", source: LINES, filter: ["!", ["get", "dashed"]], paint: line },
    {
      id: `${LINES}_dashed`,
      type: "line",
      source: LINES,
      filter: ["get", "dashed"],
      paint: { ...line, "line-dasharray": [2, 2] },
    },
    {
      id: MARKS,
      type: "circle",
      source: MARKS,
      paint: {
        "circle-radius": ["get", "radius"],
        "circle-color": ["get", "fill"],
        "circle-stroke-color": ["get", "edge"],
        "circle-stroke-width": 2,
      },
    },
    {
      id: `${MARKS}_names`,
      type: "symbol",
      source: MARKS,
      layout: {
        "text-field": ["get", "written"],
        "text-font": FONTS,
        "text-size": 12,
        "text-variable-anchor": ["left", "right", "top", "bottom"],
        "text-radial-offset": 0.9,
        "text-justify": "auto",
        "text-optional": true,
      },
      paint: { "text-color": look.text, "text-halo-color": look.map.land, "text-halo-width": 1.6 },
    },
  ];
}
