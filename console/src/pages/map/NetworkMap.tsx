import { useQuery } from "@tanstack/react-query";
import type { Map, MapMouseEvent } from "maplibre-gl";
import { type ReactNode, useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { useCalm, usePhone, usePreferences } from "@/app/preferences";
import { Figures } from "@/pages/map/Card";
import { boundsOf, type Hit, NetworkLayers } from "@/pages/map/layers";
import { Legend } from "@/pages/map/Legend";
import { limitsOf, type Measure, stepOf, valueOf } from "@/pages/map/measure";
import { type Bounds, type Network, nothing, polygonsOf } from "@/pages/map/network";
import { words } from "@/pages/map/words";
import type { Look } from "@/theme";
import { compact, quantity } from "@/ui/format";
import { MapView } from "@/ui/MapView";
import { boxOf, type Level, regionName, regionsQuery } from "@/ui/map/regions";
import { PREFECTURES_FROM } from "@/ui/map/style";
import { useWords } from "@/words/words";

export interface Camera {
  lon: number;
  lat: number;
  zoom: number;
}

const CLOSE = 13;
const NARROWEST = 340;

export function NetworkMap({
  network,
  version,
  measure,
  height,
  camera,
  chosen,
  pointed,
  region,
  onMoved,
  onChoose,
  onRegion,
  onSquare,
  card,
}: {
  network: Network;
  version: number;
  measure: Measure;
  height: number | string;
  camera: Camera | undefined;
  /** Rows; −1 is none. */
  chosen: number;
  pointed: number;
  region: string | undefined;
  onMoved: (bounds: Bounds, camera: Camera) => void;
  onChoose: (row: number) => void;
  onRegion: (code: string) => void;
  onSquare: (square: Bounds) => void;
  /** What is told of the chosen location, cluster or region. */
  card: ReactNode;
}) {
  const t = useWords(words);
  const calm = useCalm();
  const phone = usePhone();
  const { language } = usePreferences();
  const [ready, setReady] = useState<{ map: Map; layers: NetworkLayers }>();
  const { map, layers } = ready ?? {};
  const [hit, setHit] = useState<Hit>();
  const [level, setLevel] = useState<Level>("province");
  const moved = useEffectEvent(onMoved);
  const choose = useEffectEvent(onChoose);
  const filterBy = useEffectEvent(onRegion);
  const keep = useEffectEvent(onSquare);

  const onMap = useCallback((made: Map, look: Look) => {
    const drawn = new NetworkLayers(made, look);
    setReady({ map: made, layers: drawn });
    return () => {
      drawn.remove();
      setReady(undefined);
    };
  }, []);

  useEffect(() => {
    if (ready === undefined) return;
    const { map: made, layers: drawn } = ready;
    let wanted = 0;
    const settle = () => {
      const { lng, lat } = made.getCenter();
      setLevel(made.getZoom() < PREFECTURES_FROM ? "province" : "prefecture");
      moved(boundsOf(made), { lon: lng, lat, zoom: made.getZoom() });
    };
    const point = ({ point: { x, y } }: MapMouseEvent) => {
      cancelAnimationFrame(wanted);
      wanted = requestAnimationFrame(() => {
        const found = made.isMoving() ? undefined : drawn.at(x, y);
        made.getCanvas().style.cursor = found === undefined ? "" : "pointer";
        drawn.outline(found?.region ?? "");
        setHit(found);
      });
    };
    const leave = () => {
      cancelAnimationFrame(wanted);
      drawn.outline("");
      setHit(undefined);
    };
    const click = ({ point: { x, y } }: MapMouseEvent) => {
      const found = drawn.at(x, y);
      if (found === undefined) return;
      if (found.row >= 0) choose(found.row);
      else if (found.region !== undefined) filterBy(found.region);
      else {
        if (found.box !== undefined) keep(found.box);
        made.easeTo({ center: [found.lon, found.lat], zoom: made.getZoom() + 2 });
      }
    };
    const first = requestAnimationFrame(settle);
    const heard = [
      made.on("movestart", leave),
      made.on("moveend", settle),
      made.on("mousemove", point),
      made.on("mouseout", leave),
      made.on("click", click),
    ];
    return () => {
      cancelAnimationFrame(first);
      cancelAnimationFrame(wanted);
      heard.forEach((one) => one.unsubscribe());
    };
  }, [ready]);

  useEffect(() => {
    layers?.show({ network, measure, short: (count) => compact(count, language) });
  }, [layers, network, version, measure, language]);

  useEffect(() => layers?.choose(pointed >= 0 ? pointed : chosen), [layers, pointed, chosen, network]);

  const goTo = useEffectEvent((row: number) => {
    const { lon, lat } = network.points.columns;
    const center: [number, number] = [lon[row]!, lat[row]!];
    const near = map?.getBounds().contains(center) === true && map.getZoom() >= CLOSE - 1;
    if (!near) map?.easeTo({ center, zoom: Math.max(CLOSE, map.getZoom()), animate: !calm, duration: 600 });
  });
  useEffect(() => {
    if (map !== undefined && chosen >= 0) goTo(chosen);
  }, [map, chosen]);

  // -- regions

  const { data: regions } = useQuery(regionsQuery(level));
  const sums = useMemo(() => {
    void version;
    if (regions === undefined) return undefined;
    const codes = new Set(regions.features.map(({ properties }) => properties.code));
    return network.byRegion(
      polygonsOf(
        network.points.regions.map((one) => one.code),
        codes,
      ),
    );
  }, [network, version, regions]);
  const limits = useMemo(() => {
    const values = [...(sums?.values() ?? [])].map((one) => valueOf(measure, one) ?? 0);
    return limitsOf(measure, values);
  }, [sums, measure]);
  useEffect(() => {
    if (layers === undefined || sums === undefined) return;
    const steps = [...sums].map(([code, sum]) => [code, stepOf(valueOf(measure, sum), limits)] as const);
    layers.shade(level, new globalThis.Map(steps));
  }, [layers, level, sums, limits, measure]);

  const lastRegion = useRef(region);
  useEffect(() => {
    if (region === lastRegion.current) return;
    lastRegion.current = region;
    const feature = regions?.features.find(({ properties }) => properties.code === region);
    if (feature !== undefined) map?.fitBounds(boxOf(feature), { padding: 40, animate: !calm });
  }, [map, region, regions, calm]);

  const many = (count: number) => t("locations", { count, shown: quantity(count, language) });
  const over =
    hit?.region === undefined ? undefined : regions?.features.find((f) => f.properties.code === hit.region);
  const name =
    hit === undefined
      ? ""
      : hit.row >= 0
        ? network.points.columns.name[hit.row]
        : over === undefined
          ? many(hit.sums.count)
          : regionName(over.properties, language);
  const shown = hit?.region === undefined ? hit?.sums : (sums?.get(hit.region) ?? nothing());
  return (
    <div>
      <MapView label={t("map", { measure: t(measure) })} height={height} view={camera} onMap={onMap}>
        {!phone && <Legend measure={measure} limits={limits} />}
        {card}
        {hit !== undefined && shown !== undefined && !phone && (
          <div
            className="ms-net-hover"
            aria-hidden
            style={{
              left: Math.max(8, Math.min(hit.x + 14, (map?.getContainer().clientWidth ?? 0) - NARROWEST)),
              top: Math.max(8, Math.min(hit.y + 14, (map?.getContainer().clientHeight ?? 0) - 170)),
            }}
          >
            <strong>{name}</strong> {over !== undefined && <span className="muted">{many(shown.count)}</span>}
            <Figures sums={shown} />
            <span className="muted">
              {t(hit.row >= 0 ? "click_pin" : over === undefined ? "click_zoom" : "click_region")}
            </span>
          </div>
        )}
      </MapView>
      {phone && <Legend measure={measure} limits={limits} />}
    </div>
  );
}
