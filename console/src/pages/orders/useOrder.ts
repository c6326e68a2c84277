/** One order with its names, kept fresh by the stream. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { api, data } from "@/api/client";
import { usePreferences } from "@/app/preferences";
import { ORDER_EVENTS } from "@/pages/orders/facts";
import { nameOf, orderOf, type Order } from "@/pages/orders/order";
import { useStream } from "@/ui/useStream";

export function useOrder(id: string) {
  const client = useQueryClient();
  const order = useQuery({
    queryKey: ["orders", "one", id],
    queryFn: () =>
      data(
        api.GET("/v1/orders/{order_id}", { params: { path: { order_id: id }, query: { include: "names" } } }),
      ),
  });
  const again = () => void client.invalidateQueries({ queryKey: ["orders", "one", id] });
  const connection = useStream(
    ORDER_EVENTS,
    (events) => events.some((event) => orderOf(event) === id) && again(),
    again,
  );
  return { order, connection };
}

export function useDecisions(id: string) {
  return useQuery({
    queryKey: ["orders", "one", id, "decision"],
    queryFn: () => data(api.GET("/v1/orders/{order_id}/decision", { params: { path: { order_id: id } } })),
  });
}

export type Named = NonNullable<ReturnType<typeof useOrder>["order"]["data"]>;
export type Decision = NonNullable<ReturnType<typeof useDecisions>["data"]>["decisions"][number];

interface Names {
  offer: (sku: string) => string;
  place: (code: string) => string;
  /** The zone of a store; of the first that serves when none is named. */
  zone: (code?: string) => string | undefined;
}

export function namesOf(order: Named, language: string): Names {
  const offers = new Map(
    (order.offers ?? []).map((offer) => [offer.sku, nameOf(offer.name, language, offer.sku)]),
  );
  const places = new Map((order.locations ?? []).map((place) => [place.code, place]));
  const first = order.locations?.[0]?.time_zone;
  return {
    offer: (sku) => offers.get(sku) ?? sku,
    place: (code) => places.get(code)?.name ?? code,
    zone: (code) => (code === undefined ? first : (places.get(code)?.time_zone ?? first)),
  };
}

export const OrderContext = createContext<{ order: Named } | null>(null);

/** The order of the page, and what its codes mean. */
export function useHere(): { order: Named & Order; names: Names } {
  const here = useContext(OrderContext);
  const { language } = usePreferences();
  if (here === null) throw new Error("useHere is for parts of the order page");
  return { order: here.order, names: namesOf(here.order, language) };
}
