/** Who is signed in, and what they may do. */
import { useQuery } from "@tanstack/react-query";
import { setCsrf } from "@/api/client";
import { ApiProblem, problemOf } from "@/api/problem";
import { language } from "@/app/preferences";
import { commonText } from "@/words/common";

export interface Me {
  person: { id: string; login: string; name: string } | null;
  party: string;
  party_kind: "platform" | "brand" | "partner";
  role: string | null;
  scopes: string[];
  /** Codes of the locations that this person works in; empty when bound to none. */
  locations: string[];
  /** The one location that this session acts in, null for the whole party. */
  location: string | null;
  csrf: string;
  expires_at: string;
}

export const ME = ["me"] as const;

export async function fetchMe(): Promise<Me> {
  const headers = { accept: "application/json", "accept-language": language() };
  const answer = await fetch("/v1/me", { headers }).catch(() => {
    throw new ApiProblem(0, "unreachable", commonText("unreachable"), commonText("unreachable_detail"));
  });
  if (!answer.ok) throw await problemOf(answer);
  const me = (await answer.json()) as Me;
  setCsrf(me.csrf);
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
