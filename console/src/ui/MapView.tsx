import { Skeleton } from "antd";
import { lazy, Suspense } from "react";
import type { MapProps } from "@/ui/map/MapCanvas";

export type { Bounds, MapLine, MapPoint, MapProps } from "@/ui/map/MapCanvas";

const Canvas = lazy(() => import("@/ui/map/MapCanvas"));

/**
 * A map on our own region polygons, in the theme that is on; the library is loaded with the first map.
 *
 *     <MapView label={t("map")} height={360} fit="points"
 *       points={[{ id: "S1", lat, lon, name: "S1 · 王府井店", tone: "success", shape: "store" }]}
 *       lines={[{ id: "a", from: [lon, lat], to: [lon, lat], tone: "danger", dashed: true, name: "…" }]}
 *       onPoint={(id) => navigate(`/locations/${id}`)} />
 *
 * What it shows must stand in words or in a table nearby as well: `label` only names it.
 */
export function MapView(props: MapProps) {
  return (
    <Suspense fallback={<Skeleton.Node active style={{ width: "100%", height: props.height }} />}>
      <Canvas {...props} />
    </Suspense>
  );
}
