/** The network and its load, kept up to date while the page is in sight. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, data } from "@/api/client";
import { type Filter, Network } from "@/pages/map/network";

const EVERY_MS = 2_000;

export interface Live {
  network: Network | undefined;
  /** Grows when figures changed: then the network is still the same object. */
  version: number;
  /** When the figures were true, RFC 3339. */
  at: string | undefined;
  error: unknown;
  retry: () => void;
}

export function useNetwork(filter: Filter, withLoad = true): Live {
  const points = useQuery({
    queryKey: ["network", "points"],
    queryFn: async () => data(api.GET("/v1/network/points")),
    staleTime: 60_000,
    refetchInterval: 60_000,
    structuralSharing: false,
  });
  const network = useMemo(
    () => (points.data === undefined ? undefined : new Network(points.data)),
    [points.data],
  );
  const [version, setVersion] = useState(0);
  const load = useQuery({
    queryKey: ["network", "load", points.dataUpdatedAt],
    enabled: network !== undefined && withLoad,
    queryFn: async () => {
      const since = network!.sequence;
      const told = await data(
        api.GET("/v1/network/load", { params: { query: since === undefined ? {} : { since } } }),
      );
      if (network!.take(told)) setVersion((before) => before + 1);
      return told.at;
    },
    refetchInterval: EVERY_MS,
    staleTime: 0,
    structuralSharing: false,
  });

  const { group, capability, partner, kind, region } = filter;
  const filtered = useMemo(
    () => network?.filtered({ group, capability, partner, kind, region }),
    [network, group, capability, partner, kind, region],
  );

  return {
    network: filtered,
    version,
    at: load.data,
    error: points.error ?? load.error,
    retry: () => void (points.error === null ? load.refetch() : points.refetch()),
  };
}
