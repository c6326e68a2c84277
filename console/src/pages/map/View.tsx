import "@/pages/map/map.css";
import { Flex, Segmented, Skeleton } from "antd";
import { useCallback, useMemo, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { usePhone, usePreferences } from "@/app/preferences";
import { Filters, Find } from "@/pages/map/Filters";
import { List } from "@/pages/map/List";
import { isMeasure, type Measure, MEASURES } from "@/pages/map/measure";
import type { Bounds, Filter } from "@/pages/map/network";
import { type Camera, NetworkMap } from "@/pages/map/NetworkMap";
import { useNetwork } from "@/pages/map/useNetwork";
import { words } from "@/pages/map/words";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { quantity } from "@/ui/format";
import { regionName, regionsQuery } from "@/ui/map/regions";
import { useFilters } from "@/ui/useFilters";
import { useWords } from "@/words/words";

const WORLD: Bounds = [-180, -85, 180, 85];
const NAMES = ["group", "capability", "partner", "kind", "region", "measure", "at", "v"] as const;

function cameraOf(text: string | undefined): Camera | undefined {
  const [lon, lat, zoom] = (text ?? "").split(",").map(Number);
  if (lon === undefined || lat === undefined || zoom === undefined) return undefined;
  return Number.isFinite(lon + lat + zoom) && Math.abs(lat) < 86 ? { lon, lat, zoom } : undefined;
}

export default function View() {
  const t = useWords(words);
  const phone = usePhone();
  const { language } = usePreferences();
  const [address, setAddress] = useFilters(NAMES);
  const { group, capability, kind, region, v } = address;
  const partner = address.partner === "-" ? "" : address.partner;
  const filter = useMemo(
    (): Filter => ({ group, capability, partner, kind, region }),
    [group, capability, partner, kind, region],
  );
  const measure: Measure = isMeasure(address.measure) ? address.measure : "work";
  const { network, version, error, retry } = useNetwork(filter);
  const [first] = useState(() => cameraOf(v));
  const [bounds, setBounds] = useState<Bounds>(WORLD);
  const [pointed, setPointed] = useState(-1);
  const chosen = address.at === undefined ? -1 : (network?.row(address.at) ?? -1);

  const onMoved = useCallback(
    (seen: Bounds, camera: Camera) => {
      setBounds(seen);
      setAddress({ v: `${camera.lon.toFixed(4)},${camera.lat.toFixed(4)},${camera.zoom.toFixed(2)}` });
    },
    [setAddress],
  );
  const { data: regions } = useQuery({
    ...regionsQuery(region?.endsWith("0000") === true ? "province" : "prefecture"),
    enabled: region !== undefined,
  });
  const named = regions?.features.find(({ properties }) => properties.code === region)?.properties;
  const height = phone ? "58vh" : "max(480px, calc(100vh - 220px))";

  return (
    <>
      <PageHeader
        title={t("title")}
        note={
          network === undefined
            ? undefined
            : t("locations", { count: network.size, shown: quantity(network.size, language) })
        }
        actions={<Find network={network} onFind={(at) => setAddress({ at })} />}
      />
      <Flex wrap gap={8} align="center" justify="space-between" style={{ marginBottom: 12 }}>
        <Segmented<Measure>
          aria-label={t("measure")}
          options={MEASURES.map((value) => ({ value, label: t(phone ? `${value}_short` : value) }))}
          value={measure}
          onChange={(value) => setAddress({ measure: value === "work" ? undefined : value })}
        />
        <Filters
          network={network}
          filter={filter}
          regionName={named === undefined ? undefined : regionName(named, language)}
          onFilter={setAddress}
        />
      </Flex>
      {error !== null && <ProblemAlert error={error} onRetry={retry} />}
      {network === undefined ? (
        error === null && <Skeleton.Node active style={{ width: "100%", height }} />
      ) : network.size === 0 ? (
        <EmptyState title={t("none_at_all")}>{t("none_at_all_detail")}</EmptyState>
      ) : (
        <div className="ms-net">
          <NetworkMap
            network={network}
            version={version}
            measure={measure}
            height={height}
            camera={first}
            chosen={chosen}
            pointed={pointed}
            region={region}
            onMoved={onMoved}
            onChoose={(row) => setAddress({ at: row < 0 ? undefined : network.points.columns.code[row] })}
            onRegion={(code) => setAddress({ region: code })}
          />
          <div className="ms-net-list" style={phone ? undefined : { height }}>
            <List
              network={network}
              version={version}
              measure={measure}
              bounds={bounds}
              onPoint={setPointed}
            />
          </div>
        </div>
      )}
    </>
  );
}
