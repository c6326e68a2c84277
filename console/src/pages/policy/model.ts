/** The routing policy as the API tells it, and what asks for it. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import type { paths } from "@/api/schema";

type Told<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: { 200: { content: { "application/json": infer T } } };
}
  ? T
  : never;

/** As drafts are: whatever is left out is as usual. The API tells policies whole. */
export interface Policy {
  currency?: string;
  kinds: Partial<Record<Kind, KindRule>>;
  channels?: Record<string, ChannelRule>;
  excluded_locations?: string[];
  safety_stock?: number;
  thresholds?: Threshold[];
  respect_capacity?: boolean;
  rejection_cost?: number;
  look_ahead_days?: number;
  split?: { allow_split?: boolean; max_shipments?: number; line_split?: LineSplit };
  rank?: Rank[];
  on_shortage?: "reject" | "partial" | "backorder";
  improve?: Improve;
}
export type Kind = "ship" | "same_day" | "pick_up";
export type PlaceKind = "store" | "warehouse" | "partner";
export type LineSplit = "never" | "if_needed" | "if_cheaper";
export interface Costs {
  base?: number;
  per_km?: number;
  per_kg?: number;
  per_kg_km?: number;
}
export interface KindRule {
  km_max?: number | null;
  must_be_open?: boolean;
  within_cut_off?: boolean;
  costs?: Costs;
}
export interface ChannelRule {
  groups?: string[];
  excluded_groups?: string[];
  location_kinds?: PlaceKind[];
  kinds?: Kind[];
}
export interface Threshold {
  units: number | null;
  channel?: string;
  group?: string;
  sku?: string;
  offer_class?: string;
}
export interface Rank {
  cost: number | null;
  group?: string;
  location_kind?: PlaceKind | null;
}
export interface Improve {
  enabled?: boolean;
  every_minutes?: number;
  min_gain?: number;
  min_gain_percent?: number;
  max_moves?: number;
}
export const USUAL_IMPROVE: Required<Improve> = {
  enabled: true,
  every_minutes: 15,
  min_gain: 100,
  min_gain_percent: 10,
  max_moves: 2,
};
type ToldPolicy = Told<"/v1/policy", "get">;
export type Version = Told<"/v1/policies", "get">["policies"][number];
export type Tried = Told<"/v1/policy/dry-run", "post">;
export type Comparison = NonNullable<Tried["result"]>;
export type Totals = Comparison["before"];
export type OrderChange = Comparison["changes"][number];

/** Minor units, where a policy says nothing of it. */
export const REJECTION_COST = 800;
export const LOOK_AHEAD_DAYS = 7;
export const KINDS: readonly Kind[] = ["ship", "same_day", "pick_up"];
export const CHANNELS = ["web", "app", "mini_program", "till", "marketplace", "agent"] as const;
export const PLACES = ["store", "warehouse", "partner"] as const;

/** A policy as it is told, without the number that its storer gives it. */
export function plain(policy: ToldPolicy): Policy {
  const rest: Policy & { version?: number } = { kinds: {}, ...policy };
  delete rest.version;
  return rest;
}

/** A draft as the API takes it; the API says what is wrong with it. */
export const asSent = (policy: Policy): ToldPolicy => policy as ToldPolicy;

export const presentQuery = queryOptions({
  queryKey: ["policy"],
  queryFn: () => data(api.GET("/v1/policy", {})),
});

export const versionsQuery = queryOptions({
  queryKey: ["policies"],
  queryFn: () => data(api.GET("/v1/policies", { params: { query: { limit: 200 } } })),
});

interface Points {
  groups: string[];
  columns: { code: string[]; name: string[] };
}

/** The brand's locations and groups, to choose from. */
export function usePlaces() {
  return useQuery({
    queryKey: ["policy", "places"],
    queryFn: async () => (await data(api.GET("/v1/network/points", {}))) as unknown as Points,
    staleTime: 300_000,
    select: (points) => ({
      groups: [...points.groups].sort(),
      locations: points.columns.code.map((code, n) => ({ code, name: points.columns.name[n] ?? code })),
    }),
  });
}

/** Checks a policy, and tries it on so many orders; 0 only checks. */
export function tryOut(policy: Policy, orders: number, signal?: AbortSignal): Promise<Tried> {
  return data(api.POST("/v1/policy/dry-run", { body: { policy: asSent(policy), orders }, signal }));
}
