import "@/pages/map/map.css";
import { Flex, Segmented, Skeleton } from "antd";
import { useCallback, useMemo, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { usePhone, usePreferences } from "@/app/preferences";
import { Filters, Find } from "@/pages/map/Filters";
import { AreaCard, Chosen } from "@/pages/map/Card";
import { List } from "@/pages/map/List";
import { isMeasure, type Measure, MEASURES } from "@/pages/map/measure";
import { type Bounds, boundsOf, type Filter, textOf } from "@/pages/map/network";
import { type Camera, NetworkMap } from "@/pages/map/NetworkMap";
import { useNetwork } from "@/pages/map/useNetwork";
import { words } from "@/pages/map/words";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { ExportButton } from "@/ui/ExportButton";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SavedViews } from "@/ui/SavedViews";
import { quantity } from "@/ui/format";
import { regionName, regionsQuery } from "@/ui/map/regions";
import { useFilters } from "@/ui/useFilters";
import { useWords } from "@/words/words";

const WORLD: Bounds = [-180, -85, 180, 85];
const NAMES = ["group", "capability", "partner", "kind", "region", "measure", "at", "square", "v"] as const;

function cameraOf(text: string | undefined): Camera | undefined {
  const [lon, lat, zoom] = (text ?? "").split(",").map(Number);
  if (lon === undefined || lat === undefined || zoom === undefined) return undefined;
  return Number.isFinite(lon + lat + zoom) && Math.abs(lat) < 86 ? { lon, lat, zoom } : undefined;
}

const NO_FILTER = {
  group: undefined,
  capability: undefined,
  partner: undefined,
  kind: undefined,
  region: undefined,
};

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
  const { network, version, at, error, retry } = useNetwork(filter);
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
  const choose = (row: number) =>
    setAddress({ at: row < 0 ? undefined : network?.points.columns.code[row], square: undefined });
  const square = boundsOf(address.square);
  const filtered = Object.values(filter).some((one) => one !== undefined);
  void version; // the figures changed, though the network is the same object
  const card =
    network === undefined ? null : chosen >= 0 ? (
      <Chosen network={network} row={chosen} at={at} onClose={() => choose(-1)} />
    ) : square !== undefined ? (
      <AreaCard
        name={t("square")}
        sums={network.total(square)}
        area={{ ...filter, within: address.square }}
        at={at}
        onClose={() => setAddress({ square: undefined })}
      />
    ) : filtered ? (
      <AreaCard
        name={named === undefined ? t("all") : regionName(named, language)}
        sums={network.total()}
        area={filter}
        at={at}
        onClose={() => setAddress(NO_FILTER)}
      />
    ) : null;
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
        actions={
          <>
            <Find network={network} onFind={(code) => setAddress({ at: code, square: undefined })} />
            <SavedViews />
            <ExportButton
              path="/v1/locations.csv"
              scope="locations:read"
              query={{
                group,
                capability,
                partner,
                kind,
                region,
                within: bounds === WORLD ? undefined : textOf(bounds),
              }}
            />
          </>
        }
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
            onChoose={choose}
            onRegion={(code) => setAddress({ region: code, at: undefined, square: undefined })}
            onSquare={(square) => setAddress({ square: textOf(square), at: undefined })}
            card={card}
          />
          <div className="ms-net-list" style={phone ? undefined : { height }}>
            <List
              network={network}
              version={version}
              measure={measure}
              bounds={bounds}
              area={{ ...filter, within: textOf(bounds) }}
              at={at}
              onPoint={setPointed}
            />
          </div>
        </div>
      )}
    </>
  );
}
