/** Who is signed in, and what they may do. */
import { useQuery } from "@tanstack/react-query";
import { api, data, setCsrf } from "@/api/client";
import type { paths } from "@/api/schema";

export type Me = paths["/v1/me"]["get"]["responses"][200]["content"]["application/json"];

export const ME = ["me"] as const;

export async function fetchMe(): Promise<Me> {
  const me = await data(api.GET("/v1/me"));
  setCsrf(me.csrf ?? undefined);
  return me;
}

/** The signed-in person; pages inside the layout are only shown once this is known. */
export function useMe(): Me {
  const { data } = useQuery({ queryKey: ME, queryFn: fetchMe, staleTime: 60_000, retry: false });
  if (data === undefined) throw new Error("useMe is for pages of people who are signed in");
  return data;
}

/** Whether the signed-in person's role has this scope; the server checks it again. */
export function useCan(scope: string): boolean {
  return useMe().scopes.includes(scope);
}

/** Leaves for the sign-in page, and comes back to where we are. */
export function signIn(): void {
  const here = location.pathname + location.search + location.hash;
  location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}
