import { useMemo } from "react";
import { useNavigate } from "react-router";
import { LIVE } from "@/pages/orders/order";
import { useHere, type Decision } from "@/pages/orders/useOrder";
import { words } from "@/pages/orders/words";
import { EmptyState } from "@/ui/EmptyState";
import { MapView, type MapLine, type MapPoint } from "@/ui/MapView";
import { useWords } from "@/words/words";

const HEIGHT = 360;
const ADDRESS = "address";

/** The destination, who serves it, who was considered and who was left out, with the ways the goods go. */
export function PlanMap({ decision }: { decision: Decision | undefined }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const { order } = useHere();
  const destination = t("destination");
  const { points, lines } = useMemo(
    () => drawn(order, decision, destination),
    [order, decision, destination],
  );
  if (points.length === 0) return <EmptyState />;
  return (
    <MapView
      label={t("plan_label")}
      height={HEIGHT}
      fit="points"
      points={points}
      lines={lines}
      onPoint={(id) => {
        if (id !== ADDRESS) void navigate(`/locations/${encodeURIComponent(id)}`);
      }}
    />
  );
}

type Here = ReturnType<typeof useHere>["order"];

function drawn(order: Here, decision: Decision | undefined, destination: string) {
  const points = new Map<string, MapPoint>();
  const lines: MapLine[] = [];
  const { lat, lon } = order.deliver_to ?? {};
  const to: [number, number] | undefined = lat !== undefined && lon !== undefined ? [lon, lat] : undefined;

  const add = (
    place: { location: string; name: string; lat?: number; lon?: number },
    tone: MapPoint["tone"],
  ) => {
    if (place.lat === undefined || place.lon === undefined || points.has(place.location)) return;
    const small = tone === "neutral";
    points.set(place.location, {
      id: place.location,
      lat: place.lat,
      lon: place.lon,
      name: place.name,
      tone,
      size: small ? 10 : 14,
      named: !small,
    });
  };
  const served = new Set<string>();
  for (const work of order.fulfilment_orders) {
    const place = order.locations?.find(({ code }) => code === work.location);
    if (place === undefined) continue;
    const gone = work.state === "rejected" || work.state === "cancelled";
    add({ ...place, location: place.code }, gone ? "danger" : "success");
    if (to === undefined || served.has(`${work.location} ${gone}`)) continue;
    served.add(`${work.location} ${gone}`);
    const tone = gone ? "danger" : LIVE.has(work.state) ? "info" : "success";
    lines.push({ id: work.id, from: [place.lon, place.lat], to, tone, dashed: gone, name: place.name });
  }
  for (const one of decision?.chosen ?? []) add(one, "success");
  for (const one of decision?.others ?? []) add(one, "warning");
  for (const one of decision?.near ?? []) add(one, "neutral");
  const all = [...points.values()];
  if (to !== undefined)
    all.push({ id: ADDRESS, lat: to[1], lon: to[0], name: destination, shape: "address" });
  return { points: all, lines };
}
