/** Who is signed in, and what they may do. */
import { useQuery } from "@tanstack/react-query";
import { api, data, setCsrf } from "@/api/client";
import { isProblem } from "@/api/problem";
import type { paths } from "@/api/schema";
import { language } from "@/app/preferences";

export type Me = paths["/v1/me"]["get"]["responses"][200]["content"]["application/json"];

export const ME = ["me"] as const;

export async function fetchMe(): Promise<Me> {
  const me = await data(api.GET("/v1/me"));
  setCsrf(me.csrf ?? undefined);
  return me;
}

const LAST = "ms.me";
/** Pages that open without a network, for who was signed in last, as long as that session would last. */
const OFFLINE = /^\/store(\/|$)/;

async function whoAmI(): Promise<Me> {
  const offline = OFFLINE.test(location.pathname);
  try {
    const me = await fetchMe();
    if (offline) localStorage.setItem(LAST, JSON.stringify({ ...me, csrf: "" }));
    return me;
  } catch (error) {
    const status = isProblem(error) ? error.status : undefined;
    if (status === 401) localStorage.removeItem(LAST);
    const last = JSON.parse(localStorage.getItem(LAST) ?? "null") as Me | null;
    if (status !== 0 || !offline || last === null) throw error;
    if (last.expires_at !== null && Date.parse(last.expires_at) < Date.now()) throw error;
    return last;
  }
}

/** How the session is asked for, everywhere alike. */
export const meQuery = {
  queryKey: ME,
  queryFn: whoAmI,
  staleTime: 60_000,
  retry: false,
  networkMode: "always",
} as const;

/** What else is to be forgotten when somebody signs out: each page that keeps something adds its own. */
export const leaving = new Set<() => Promise<void>>();

export async function forgetMe(): Promise<void> {
  localStorage.removeItem(LAST);
  await Promise.allSettled([...leaving].map((forget) => forget()));
}

/** The signed-in person; pages inside the layout are only shown once this is known. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
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
  const locale = language() === "zh" ? "zh-CN" : "en";
  location.assign(`/sign-in?next=${encodeURIComponent(here)}&ui_locales=${locale}`);
}
