/** What pages read out of an order; pure, so that it is tested without a browser. */
import type { Schemas } from "@/api/client";
import type { LiveEvent } from "@/ui/stream";

export type Order = Schemas["Order"];
export type Work = Schemas["FulfilmentOrder"];
export type Return = Order["returns"][number];

export const LIVE = new Set(["open", "in_progress", "on_hold"]);

export const liveWorks = (order: Order): Work[] =>
  order.fulfilment_orders.filter(({ state }) => LIVE.has(state));

/** Units that no location serves. */
export const unserved = (order: Order): number =>
  order.lines.reduce((sum, line) => sum + line.unallocated, 0);

export const units = (order: Order): number => order.lines.reduce((sum, { ordered }) => sum + ordered, 0);

/** The latest promise that is not kept yet. */
export function promisedTo(order: Order): string | null {
  const ends = liveWorks(order).flatMap(({ promised_to }) => (promised_to === null ? [] : [promised_to]));
  return ends.length === 0 ? null : ends.reduce((a, b) => (Date.parse(a) > Date.parse(b) ? a : b));
}

/** The step that comes next on the usual way; others are exceptions. */
export const nextStep = (work: Work): string | undefined =>
  work.possible.find(
    (step) => !["reject", "hold", "re-route", "close", "expire", "renew-code"].includes(step),
  );

/** What is still to be paid; negative when too much was. */
export const due = (order: Order): number =>
  order.state === "cancelled" ? 0 : order.total - Math.max(order.paid.captured, order.paid.authorised);

/** The order that an event is about. */
export function orderOf({ data }: LiveEvent): string | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { id, order, order_id: named } = data as Record<string, unknown>;
  if (typeof order === "object" && order !== null) return (order as { id?: string }).id;
  for (const one of [order, named, id]) if (typeof one === "string") return one.slice(0, UUID_CHARS);
  return undefined;
}
const UUID_CHARS = 36;

/** An offer's name in a language, else as it was given, else its code. */
export function nameOf(names: Record<string, string> | undefined, language: string, code: string): string {
  return names?.[language] ?? names?.und ?? Object.values(names ?? {})[0] ?? code;
}
