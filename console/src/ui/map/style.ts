/** The map's own style: land, borders and names, in the colours of the theme. */
import type { ExpressionSpecification, StyleSpecification } from "maplibre-gl";
import type { Look } from "@/theme";

/** From this zoom on prefectures are drawn instead of provinces. */
export const PREFECTURES_FROM = 5.4;
export const FONTS = ["system-ui", "sans-serif"];
const NOTHING = { type: "FeatureCollection" as const, features: [] };

/** The colour of a region by the feature state `step`: 0 is the plain land. */
export function shade(look: Look): ExpressionSpecification {
  const steps = look.ramp.slice(0, 5).flatMap((color, i) => [i + 1, color]);
  return ["match", ["coalesce", ["feature-state", "step"], 0], ...steps, look.map.land] as never;
}

export function styleOf(look: Look, tiles: string | undefined): StyleSpecification {
  const halo = { "text-color": look.map.label, "text-halo-color": look.map.land, "text-halo-width": 1.4 };
  const name = { "text-field": ["get", "name"] as ExpressionSpecification, "text-font": FONTS };
  return {
    version: 8,
    sources: {
      province: { type: "geojson", data: NOTHING, promoteId: "code", tolerance: 0.2 },
      prefecture: { type: "geojson", data: NOTHING, promoteId: "code", tolerance: 0.2 },
      province_names: { type: "geojson", data: NOTHING },
      prefecture_names: { type: "geojson", data: NOTHING },
      ...(tiles === undefined
        ? {}
        : { tiles: { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 18 } }),
    },
    layers: [
      { id: "water", type: "background", paint: { "background-color": look.map.water } },
      {
        id: "province",
        type: "fill",
        source: "province",
        maxzoom: PREFECTURES_FROM,
        paint: { "fill-color": shade(look), "fill-antialias": false },
      },
      {
        id: "land",
        type: "fill",
        source: "province",
        minzoom: PREFECTURES_FROM,
        paint: { "fill-color": look.map.land },
      },
      {
        id: "prefecture",
        type: "fill",
        source: "prefecture",
        minzoom: PREFECTURES_FROM,
        paint: {
          "fill-color": shade(look),
          "fill-antialias": false,
          // near by, a whole screen of one colour would only hide what stands on it
          "fill-opacity": ["interpolate", ["linear"], ["zoom"], 7.5, 1, 10, 0.3],
        },
      },
      ...(tiles === undefined
        ? []
        : [
            {
              id: "tiles",
              type: "raster" as const,
              source: "tiles",
              minzoom: 8,
              paint: { "raster-opacity": look.dark ? 0.35 : 0.7, "raster-fade-duration": 0 },
            },
          ]),
      {
        id: "prefecture_border",
        type: "line",
        source: "prefecture",
        minzoom: PREFECTURES_FROM,
        paint: { "line-color": look.map.border, "line-width": 0.5, "line-opacity": 0.8 },
      },
      {
        id: "province_border",
        type: "line",
        source: "province",
        paint: {
          "line-color": look.map.border,
          "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.7, 8, 1.4],
        },
      },
      {
        id: "region_hover",
        type: "line",
        source: "province",
        maxzoom: PREFECTURES_FROM,
        filter: ["==", ["get", "code"], ""],
        paint: { "line-color": look.text, "line-width": 1.5 },
      },
      {
        id: "region_hover_fine",
        type: "line",
        source: "prefecture",
        minzoom: PREFECTURES_FROM,
        filter: ["==", ["get", "code"], ""],
        paint: { "line-color": look.text, "line-width": 1.5 },
      },
      {
        id: "province_names",
        type: "symbol",
        source: "province_names",
        maxzoom: 6.5,
        layout: { ...name, "text-size": ["interpolate", ["linear"], ["zoom"], 3, 10, 6, 14] },
        paint: halo,
      },
      {
        id: "prefecture_names",
        type: "symbol",
        source: "prefecture_names",
        minzoom: 6.2,
        layout: { ...name, "text-size": ["interpolate", ["linear"], ["zoom"], 6, 11, 10, 14] },
        paint: halo,
      },
    ],
  };
}
