/** Where a result opens in the console. */
import type { Schemas } from "@/api/client";

export type Found = Schemas["Found"];

/** The page of a result; undefined for what has no page of its own. */
export function pageOf(found: Pick<Found, "type" | "id">): string | undefined {
  const id = encodeURIComponent(found.id);
  switch (found.type) {
    case "order":
      return `/orders/${id}`;
    case "fulfilment_order":
      return `/orders/${orderOf(found.id)}#${id}`;
    case "return": {
      const [order = "", number = ""] = found.id.split("/");
      return `/orders/${encodeURIComponent(order)}#return-${encodeURIComponent(number)}`;
    }
    case "location":
      return `/locations/${id}`;
    case "offer":
      return `/offers/${id}`;
    case "reservation":
      return `/reservations/${id}`;
    case "transfer":
      return `/stock?do=transfers&transfer=${id}`;
    case "person":
      return `/people?person=${id}`;
    default:
      return undefined;
  }
}

/** `<order id>-<number>` is the work of a store on an order. */
const orderOf = (fulfilmentId: string): string => fulfilmentId.replace(/-\d+$/, "");
