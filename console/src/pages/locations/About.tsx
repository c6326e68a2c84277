import type { Schemas } from "@/api/client";
import { Facts, Panel } from "@/pages/locations/parts";
import { oneWords as words } from "@/pages/locations/words";
import { MapView } from "@/ui/MapView";
import { capabilityWords } from "@/words/capabilities";
import { useWords } from "@/words/words";

const NEAR = 9;

/** What does not change by the minute, and where it is. */
export function About({ location }: { location: Schemas["Location"] }) {
  const t = useWords(words);
  const can = useWords(capabilityWords);
  const { code, name, lat, lon } = location;
  return (
    <>
      <Panel title={t("about")}>
        <Facts
          rows={[
            [t("address"), location.address],
            [
              t("region"),
              <span key="r" className="num">
                {location.region}
              </span>,
            ],
            [t("coordinates"), <span key="c" className="num">{`${lat.toFixed(5)}, ${lon.toFixed(5)}`}</span>],
            [
              t("hours"),
              <span key="h" className="num">
                {location.opening_hours}
              </span>,
            ],
            [t("zone"), location.time_zone],
            [t("lead"), t("minutes", { count: location.lead_time_minutes ?? 0 })],
            [t("can"), (location.capabilities ?? []).map((one) => can(one)).join(" · ")],
            [t("groups"), (location.groups ?? []).join(", ")],
            [t("owner"), location.stock_owner ?? t("own")],
          ].filter((row): row is [string, string] => row[1] !== "")}
        />
      </Panel>
      <Panel title={t("where")}>
        <MapView
          label={t("map", { name })}
          height={320}
          view={{ lon, lat, zoom: NEAR }}
          points={[{ id: code, lat, lon, name }]}
        />
      </Panel>
    </>
  );
}
