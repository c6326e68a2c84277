/**
 * The typed client of the public API.
 *
 *     const order = await data(api.GET("/v1/orders/{order_id}", { params: { path: { order_id } } }));
 *
 * Every refusal is thrown as an ApiProblem. Writes carry the session's CSRF token and an Idempotency-Key: a new one a
 * call, or the caller's own (`headers: { "Idempotency-Key": key }`) when the same write may be sent again.
 */
import createClient, { type Middleware } from "openapi-fetch";
import { ApiProblem, problemOf } from "@/api/problem";
import type { components, paths } from "@/api/schema";
import { language } from "@/app/preferences";
import { commonText } from "@/words/common";

export type Schemas = components["schemas"];

/** Set when the session is known (useMe), sent with every write. */
let csrf: string | undefined;
export const setCsrf = (token: string | undefined): void => {
  csrf = token;
};
export const csrfToken = (): string | undefined => csrf;

const UNSAFE = new Set(["POST", "PUT", "PATCH", "DELETE"]);

const rules: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", language() === "zh" ? "zh-CN" : "en");
    if (UNSAFE.has(request.method)) {
      if (csrf !== undefined) request.headers.set("X-CSRF-Token", csrf);
      if (!request.headers.has("Idempotency-Key")) request.headers.set("Idempotency-Key", newKey());
    }
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
    return response;
  },
  onError({ error }) {
    if (error instanceof ApiProblem || (error instanceof DOMException && error.name === "AbortError")) return;
    return new ApiProblem(0, "unreachable", commonText("unreachable"), commonText("unreachable_detail"));
  },
};

export const api = createClient<paths>({ baseUrl: globalThis.location?.origin });
api.use(rules);

/** The body of an answer; refusals were thrown before. */
export async function data<T>(asked: Promise<{ data?: T }>): Promise<T> {
  return (await asked).data as T;
}

/** 128 random bits as text; unlike crypto.randomUUID it is there on plain http, too. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
