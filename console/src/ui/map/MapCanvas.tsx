import "maplibre-gl/dist/maplibre-gl.css";
import "@/ui/map/map.css";
import { MinusOutlined, PlusOutlined, ExpandOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Tooltip } from "antd";
import * as maplibre from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { type ReactNode, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { meQuery } from "@/api/me";
import { useLook } from "@/app/look";
import { useCalm, usePreferences } from "@/app/preferences";
import type { Look } from "@/theme";
import { EmptyState } from "@/ui/EmptyState";
import { InsetMap } from "@/ui/map/InsetMap";
import {
  lineFeatures,
  LINES,
  markLayers,
  MARKS,
  type MapLine,
  type MapPoint,
  pointFeatures,
} from "@/ui/map/marks";
import { keepPace } from "@/ui/map/pace";
import { labels, regionsQuery } from "@/ui/map/regions";
import { PREFECTURES_FROM, styleOf } from "@/ui/map/style";
import { words } from "@/ui/map/words";
import { useWords } from "@/words/words";

export type { MapLine, MapPoint } from "@/ui/map/marks";
export type Bounds = [west: number, south: number, east: number, north: number];

maplibre.setWorkerUrl(workerUrl);

/** Mainland, Hainan and Taiwan. */
export const COUNTRY: Bounds = [73.4, 17.8, 135.2, 53.7];
const CLOSEST = 17;
const padding = (): number => (globalThis.innerWidth < 768 ? 8 : 32);

export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

export interface MapProps {
  /** Its name, for those who can't see it. */
  label: string;
  /** px, or any length of CSS. */
  height: number | string;
  points?: readonly MapPoint[];
  lines?: readonly MapLine[];
  /** What to show first: the whole country, what is marked, or a box; `view` goes before it. */
  fit?: "country" | "points" | Bounds;
  view?: View;
  /** A point was clicked. */
  onPoint?: (id: string) => void;
  /** The map is ready for layers of the caller's own; called again when the theme changes. */
  onMap?: (map: maplibre.Map, look: Look) => (() => void) | undefined;
  /** Panels over the map. */
  children?: ReactNode;
  inset?: boolean;
}

function boundsOf(points: readonly MapPoint[]): Bounds | undefined {
  if (points.length === 0) return undefined;
  const lons = points.map((point) => point.lon);
  const lats = points.map((point) => point.lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

function drawable(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

export default function MapCanvas(props: MapProps) {
  const t = useWords(words);
  const [able] = useState(drawable);
  if (!able) return <EmptyState title={t("no_webgl")}>{t("no_webgl_detail")}</EmptyState>;
  return <Drawn {...props} />;
}

function Drawn({
  label,
  height,
  points,
  lines,
  fit = "country",
  view,
  onPoint,
  onMap,
  children,
  inset = true,
}: MapProps) {
  const look = useLook();
  const calm = useCalm();
  const t = useWords(words);
  const { language } = usePreferences();
  // as told to who is signed in; nobody else's map loads anything from elsewhere
  const outside = useQuery({ ...meQuery, enabled: false }).data?.map;
  const tiles = outside?.tiles ?? undefined;
  const frame = useRef<HTMLDivElement>(null);
  const camera = useRef<View>(view);
  const [map, setMap] = useState<maplibre.Map>();
  const [fine, setFine] = useState(false);
  const [tip, setTip] = useState<{ x: number; y: number; text: string }>();
  const clicked = useEffectEvent((id: string) => onPoint?.(id));
  const ready = useEffectEvent((made: maplibre.Map) => onMap?.(made, look));
  const shown = useMemo(() => points ?? [], [points]);
  const drawn = useMemo(() => lines ?? [], [lines]);
  const whole = fit === "country" ? COUNTRY : fit === "points" ? (boundsOf(shown) ?? COUNTRY) : fit;
  const first = useEffectEvent(() => whole);

  useEffect(() => {
    const made = new maplibre.Map({
      container: frame.current!,
      style: styleOf(look, tiles),
      ...(camera.current === undefined
        ? { bounds: first(), fitBoundsOptions: { padding: padding(), maxZoom: 12 } }
        : { center: [camera.current.lon, camera.current.lat], zoom: camera.current.zoom }),
      minZoom: 2,
      maxZoom: CLOSEST,
      renderWorldCopies: false,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      canvasContextAttributes: { preserveDrawingBuffer: false },
    });
    // tests, and whoever is curious, can ask what is drawn
    Object.assign(made.getContainer(), { map: made });
    made.touchZoomRotate.disableRotation();
    made.keyboard.disableRotation();
    const leavePace = keepPace(made);
    let cleanUp: (() => void) | undefined;
    made.on("load", () => {
      for (const source of [LINES, MARKS]) {
        made.addSource(source, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
      }
      cleanUp = ready(made);
      for (const layer of markLayers(look)) made.addLayer(layer);
      setMap(made);
    });
    // said once the regions are drawn, and all else that there was
    made.on("idle", () =>
      made
        .getContainer()
        .toggleAttribute(
          "data-idle",
          made.queryRenderedFeatures({ layers: ["province", "land"] }).length > 0,
        ),
    );
    const closeEnough = () => setFine(made.getZoom() >= PREFECTURES_FROM - 0.6);
    made.on("zoom", closeEnough);
    made.on("load", closeEnough);
    made.on("moveend", () => {
      const { lng, lat } = made.getCenter();
      camera.current = { lon: lng, lat, zoom: made.getZoom() };
    });
    made.on("click", MARKS, ({ features }) => {
      const id: unknown = features?.[0]?.properties.id;
      if (typeof id === "string") clicked(id);
    });
    made.on("mousemove", [MARKS, LINES, `${LINES}_dashed`], ({ features, point }) => {
      const text: unknown = features?.[0]?.properties.name;
      made.getCanvas().style.cursor = features?.[0]?.layer.id === MARKS ? "pointer" : "";
      setTip(typeof text === "string" && text !== "" ? { x: point.x, y: point.y, text } : undefined);
    });
    made.on("mouseleave", [MARKS, LINES, `${LINES}_dashed`], () => {
      made.getCanvas().style.cursor = "";
      setTip(undefined);
    });
    return () => {
      cleanUp?.();
      leavePace();
      setMap(undefined);
      made.remove();
    };
  }, [look, tiles]);

  const { data: provinces } = useQuery(regionsQuery("province"));
  const { data: prefectures } = useQuery({ ...regionsQuery("prefecture"), enabled: fine });
  useEffect(() => fill(map, "province", provinces, language), [map, provinces, language]);
  useEffect(() => fill(map, "prefecture", prefectures, language), [map, prefectures, language]);
  useEffect(() => source(map, MARKS)?.setData(pointFeatures(shown, look)) && undefined, [map, shown, look]);
  useEffect(() => source(map, LINES)?.setData(lineFeatures(drawn, look)) && undefined, [map, drawn, look]);

  const key = fit === "points" ? JSON.stringify(whole) : "";
  useEffect(() => {
    if (map !== undefined && key !== "" && camera.current === undefined) {
      map.fitBounds(JSON.parse(key) as Bounds, { padding: 48, maxZoom: 12, animate: false });
    }
  }, [map, key]);

  useEffect(() => {
    map?.getCanvas().setAttribute("aria-label", label);
  }, [map, label]);

  const show = () => map?.fitBounds(whole, { padding: 32, maxZoom: 12, animate: !calm });
  return (
    <div className="ms-map" style={{ height }} data-ready={map === undefined ? undefined : ""}>
      <div ref={frame} className="ms-map-canvas" />
      <div className="ms-map-zoom">
        <MapButton
          title={t("zoom_in")}
          icon={<PlusOutlined />}
          onClick={() => map?.zoomIn({ animate: !calm })}
        />
        <MapButton
          title={t("zoom_out")}
          icon={<MinusOutlined />}
          onClick={() => map?.zoomOut({ animate: !calm })}
        />
        <MapButton title={t("whole")} icon={<ExpandOutlined />} onClick={show} />
      </div>
      {inset && (
        <div className="ms-map-inset">
          <InsetMap />
        </div>
      )}
      <small className="ms-map-source">
        {t("source")}
        {tiles !== undefined && outside?.attribution ? ` · ${outside.attribution}` : ""}
      </small>
      {tip !== undefined && (
        <div className="ms-map-tip" style={{ left: tip.x, top: tip.y }} aria-hidden>
          {tip.text}
        </div>
      )}
      {children}
    </div>
  );
}

function MapButton({ title, icon, onClick }: { title: string; icon: ReactNode; onClick: () => void }) {
  return (
    <Tooltip title={title} placement="left">
      <Button icon={icon} aria-label={title} onClick={onClick} />
    </Tooltip>
  );
}

const source = (map: maplibre.Map | undefined, id: string) => map?.getSource<maplibre.GeoJSONSource>(id);

function fill(
  map: maplibre.Map | undefined,
  level: "province" | "prefecture",
  found: Parameters<typeof labels>[0] | undefined,
  language: "en" | "zh",
): undefined {
  if (map === undefined || found === undefined) return;
  void source(map, level)?.setData(found);
  void source(map, `${level}_names`)?.setData(labels(found, language));
}
