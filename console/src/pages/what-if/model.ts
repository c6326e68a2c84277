/** Simulations as the API tells them. */
import { queryOptions } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import type { paths } from "@/api/schema";
import { asSent, type Policy } from "@/pages/policy/model";

const PATH = "/v1/sourcing/simulations";
export type Simulation =
  paths["/v1/sourcing/simulations"]["get"]["responses"][200]["content"]["application/json"]["simulations"][number];
export type Report =
  paths["/v1/sourcing/simulations/{simulation_id}/result"]["get"]["responses"][200]["content"]["application/json"];
export type Column = Report["policies"][number];

/** A policy that can be chosen: the one in force, the draft, or a version's number. */
export type Chosen = "now" | "draft" | `${number}`;

export interface Wanted {
  policies: { name: string; version?: number; policy?: Policy }[];
  from?: string;
  to?: string;
  generate?: number;
  seed?: number;
}

const POLL_MS = 500;

export const listQuery = queryOptions({
  queryKey: ["simulations"],
  queryFn: () => data(api.GET(PATH, {})),
});

export const oneQuery = (id: string) =>
  queryOptions({
    queryKey: ["simulations", id],
    queryFn: () => data(api.GET(`${PATH}/{simulation_id}`, { params: { path: { simulation_id: id } } })),
    refetchInterval: (query) => (query.state.data?.state === "running" ? POLL_MS : false),
  });

export const resultQuery = (id: string) =>
  queryOptions({
    queryKey: ["simulations", id, "result"],
    queryFn: () =>
      data(api.GET(`${PATH}/{simulation_id}/result`, { params: { path: { simulation_id: id } } })),
    staleTime: Infinity,
  });

export const begin = (wanted: Wanted): Promise<Simulation> =>
  data(
    api.POST(PATH, {
      body: {
        ...wanted,
        policies: wanted.policies.map(({ policy, ...rest }) =>
          policy === undefined ? rest : { ...rest, policy: asSent(policy) },
        ),
      },
    }),
  );

export const callOff = (id: string): Promise<Simulation> =>
  data(api.POST(`${PATH}/{simulation_id}/cancel`, { params: { path: { simulation_id: id } } }));

/** The last November that is over, as [from, to]. */
export function lastNovember(now: Date): [string, string] {
  const year = now.getMonth() >= 11 ? now.getFullYear() : now.getFullYear() - 1;
  return [`${year}-11-01`, `${year}-11-30`];
}
