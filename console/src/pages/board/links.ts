/** The lists behind the figures. */
import type { Shown } from "@/pages/board/live";

const address = (path: string, wanted: Record<string, string | number | boolean | undefined>): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
};

export const orders = (wanted: { channel?: string; placed_from?: string; unserved?: boolean }): string =>
  address("/orders", wanted);

/** Filters of `GET /v1/fulfilment-orders`. */
export const work = (wanted: {
  waits_for?: string;
  late?: boolean;
  risk?: "overdue" | "soon";
  older_than?: number;
  younger_than?: number;
  kind?: string;
  location_kind?: string;
  destination?: string;
  state?: string;
  placed_from?: string;
}): string => address("/work", wanted);

export const ANY_STATE = "open,in_progress,on_hold,closed,cancelled,rejected";

/** Work on today's orders, whatever became of it. */
export const workToday = (since: Shown["since"], wanted: Parameters<typeof work>[0] = {}): string =>
  work({ state: ANY_STATE, placed_from: since.today, ...wanted });
