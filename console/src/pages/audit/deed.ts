/** What a row of the audit says was done, as words with a place for what it was done to. */
import type { Schemas } from "@/api/client";
import { words } from "@/pages/audit/words";

type Entry = Schemas["AuditEntry"];
type Key = keyof typeof words.en;

export interface Deed {
  key: Key;
  /** What it was done to, as shown; null when the words name it already. */
  subject: string | null;
  /** The page of that thing. */
  to: string | null;
}

/** `METHOD route`: its words, and of which kind what the route's last name names. */
const ROUTES: Record<string, [Key, Kind?]> = {
  "POST /v1/orders": ["order_place"],
  "POST /v1/orders/batch": ["order_batch"],
  "PATCH /v1/orders/{order_id}": ["order_edit", "order"],
  "POST /v1/orders/{order_id}/cancel": ["order_cancel", "order"],
  "POST /v1/orders/{order_id}/payments": ["order_pay", "order"],
  "POST /v1/orders/{order_id}/link": ["order_link", "order"],
  "POST /v1/returns": ["return_take"],
  "POST /v1/returns/at-counter": ["return_take"],
  "POST /v1/stock/counts": ["stock_counts"],
  "POST /v1/stock/adjustments": ["stock_adjustments"],
  "POST /v1/stock/transfers": ["stock_transfers"],
  "POST /v1/stock/transfers/{transfer_id}/receive": ["stock_receive", "id"],
  "POST /v1/reservations": ["hold_make"],
  "POST /v1/reservations/batch": ["hold_make"],
  "POST /v1/reservations/{id}/confirm": ["hold_confirm", "id"],
  "POST /v1/reservations/{id}/release": ["hold_release", "id"],
  "POST /v1/locations": ["location_add"],
  "POST /v1/locations/batch": ["location_import"],
  "PATCH /v1/locations/{code}": ["location_edit", "location"],
  "POST /v1/offers": ["offer_add"],
  "POST /v1/offers/batch": ["offer_import"],
  "PATCH /v1/offers/{sku}": ["offer_edit", "offer"],
  "POST /v1/carriers": ["carrier_add"],
  "PATCH /v1/carriers/{code}": ["carrier_edit", "code"],
  "POST /v1/delivery-fees": ["fee_add"],
  "PATCH /v1/delivery-fees/{region}": ["fee_edit", "code"],
  "DELETE /v1/delivery-fees/{region}": ["fee_remove", "code"],
  "PUT /v1/policy": ["policy_publish"],
  "POST /v1/webhooks": ["webhook_add"],
  "PATCH /v1/webhooks/{webhook_id}": ["webhook_edit", "id"],
  "DELETE /v1/webhooks/{webhook_id}": ["webhook_remove", "id"],
  "POST /v1/keys": ["key_make"],
  "DELETE /v1/keys/{key_id}": ["key_revoke", "id"],
  "POST /v1/people": ["person_add"],
  "PATCH /v1/people/{person_id}": ["person_edit", "person"],
  "POST /v1/me/location": ["me_location"],
  "POST /v1/me/brand": ["me_brand"],
  "POST /v1/me/password": ["me_password"],
};

type Kind = "order" | "work" | "location" | "offer" | "person" | "id" | "code";

const PAGES: Partial<Record<Kind, (name: string) => string>> = {
  order: (id) => `/orders/${id}`,
  work: (id) => `/orders/${id.slice(0, 36)}`,
  location: (code) => `/locations/${encodeURIComponent(code)}`,
  offer: (sku) => `/stock?offer=${encodeURIComponent(sku)}`,
  person: (id) => `/people?person=${id}`,
};

const WORK = /^POST \/v1\/fulfilment-orders\/\{fulfilment_id\}\/([a-z-]+)$/;
const RETURN = /^POST \/v1\/returns\/\{order_id\}\/\{number\}\/([a-z]+)$/;

export function deedOf(entry: Pick<Entry, "method" | "route" | "path">): Deed {
  const events: readonly Key[] = ["sign_in", "sign_in_failed", "sign_out", "command_line"];
  const event = events.find((one) => one === entry.route);
  if (event !== undefined) return { key: event, subject: null, to: null };
  const request = `${entry.method} ${entry.route}`;
  const [key, kind] = ROUTES[request] ?? stepOf(request) ?? ["other" as const];
  if (key === "other") return { key, subject: `${entry.method} ${entry.path}`, to: null };
  if (kind === undefined) return { key, subject: null, to: null };
  const name = nameIn(entry);
  const short = kind === "order" || kind === "id" || kind === "person" ? `…${name.slice(-8)}` : name;
  return { key, subject: kind === "work" ? `…${name.slice(28)}` : short, to: PAGES[kind]?.(name) ?? null };
}

function stepOf(request: string): [Key, Kind] | undefined {
  const step = WORK.exec(request)?.[1];
  if (step !== undefined && `work_${step}` in words.en) return [`work_${step}` as Key, "work"];
  const back = RETURN.exec(request)?.[1];
  if (back !== undefined && `return_${back}` in words.en) return [`return_${back}` as Key, "order"];
  return undefined;
}

/** Whom a deed was done to, by id; null for anything else. */
export const personIn = (entry: Pick<Entry, "route" | "path">): string | null =>
  entry.route.includes("{person_id}") ? nameIn(entry) : null;

/** What stands in the path where the route has its first name in braces. */
function nameIn({ route, path }: Pick<Entry, "route" | "path">): string {
  const at = route.split("/").findIndex((part) => part.startsWith("{"));
  const part = path.split("/")[at] ?? "";
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The words of a deed that was done, or of one that was refused, before and after its subject. */
export function told(text: string, refused: boolean, tried: string): [before: string, after: string] {
  const chosen = text.replace(/\[([^|\]]*)\|([^\]]*)\]/, (_, did: string, attempt: string) =>
    refused ? tried + attempt : did,
  );
  const [before = "", after = ""] = chosen.split("⟨⟩");
  return [before.trimEnd(), after.trimStart()];
}
