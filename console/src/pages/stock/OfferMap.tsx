/** Where an offer stands, drawn: larger for more; what is there in words stands in the table beside it. */
import { useQuery } from "@tanstack/react-query";
import { Card } from "antd";
import { useMemo } from "react";
import { useNavigate } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useCan } from "@/api/me";
import { usePreferences } from "@/app/preferences";
import { bucketPath } from "@/pages/stock/parts";
import { words } from "@/pages/stock/words";
import { quantity } from "@/ui/format";
import { MapView, type MapPoint } from "@/ui/MapView";
import { useWords } from "@/words/words";

type Total = Schemas["StockTotal"];
const PAGE = 500;
const PAGES = 4;
const NAMED = 5;
const SMALLEST = 6;
const SHORT = 12;
const LARGEST = 22;

/** The locations with most of it, page after page, up to a number that a small map can show. */
async function placesOf(sku: string): Promise<{ totals: Total[]; more: boolean }> {
  const totals: Total[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES; page++) {
    const told: { totals: Total[]; next: string | null } = await data(
      api.GET("/v1/stock/totals", {
        params: {
          query: {
            offer: sku,
            by: "location",
            sort: "-available",
            limit: PAGE,
            ...(cursor === null ? {} : { cursor }),
          },
        },
      }),
    );
    totals.push(...told.totals);
    cursor = told.next;
    if (cursor === null) break;
  }
  return { totals, more: cursor !== null };
}

export function OfferMap({ sku }: { sku: string }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const { language } = usePreferences();
  const mayPlaces = useCan("locations:read");
  const places = useQuery({ queryKey: ["stock", "map", sku], queryFn: () => placesOf(sku) });
  const network = useQuery({
    queryKey: ["network", "points"],
    enabled: mayPlaces,
    staleTime: 60_000,
    structuralSharing: false,
    queryFn: async () => data(api.GET("/v1/network/points")),
  });
  const points = useMemo(() => {
    if (places.data === undefined || network.data === undefined) return undefined;
    const { code, lat, lon } = network.data.columns;
    const rows = new Map(code.map((one, row) => [one, row] as const));
    const most = Math.max(...places.data.totals.map(({ available }) => available), 1);
    const drawn = places.data.totals.flatMap((total, rank): MapPoint[] => {
      const row = rows.get(total.code);
      if (row === undefined) return [];
      const there = Math.max(total.available, 0);
      return [
        {
          id: total.code,
          lat: lat[row]!,
          lon: lon[row]!,
          name: `${total.name || total.code} ${quantity(total.available, language)}`,
          tone: total.available < 0 ? "danger" : total.available === 0 ? "neutral" : "success",
          size: total.available < 0 ? SHORT : SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(there / most),
          named: rank < NAMED,
        },
      ];
    });
    const rank = { neutral: 0, success: 1, danger: 2 };
    const weight = ({ tone, size }: MapPoint) => 100 * rank[tone as "neutral"] + (size ?? 0);
    return drawn.sort((a, b) => weight(a) - weight(b)); // what is drawn last lies on top
  }, [places.data, network.data, language]);
  if (points?.length === 0) return null;
  return (
    <Card
      size="small"
      title={<h2 style={{ fontSize: 14, margin: 0 }}>{t("map_title")}</h2>}
      extra={
        places.data?.more && (
          <span className="muted">{t("map_most", { count: places.data.totals.length })}</span>
        )
      }
      styles={{ body: { padding: 0 } }}
      loading={points === undefined}
    >
      <MapView
        label={t("map")}
        height={320}
        fit="points"
        inset={false}
        points={points ?? []}
        onPoint={(location) => void navigate(bucketPath({ location, offer: sku }))}
      />
    </Card>
  );
}
