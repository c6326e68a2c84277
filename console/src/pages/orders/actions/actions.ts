/** What can be done with an order: its form's first values, what is sent, and where the API's field errors belong. */
import { api, data } from "@/api/client";
import type { Order, Return, Work } from "@/pages/orders/order";
import { numberOf } from "@/ui/numberOf";
import type { Path } from "@/ui/pointer";

export type WorkStep =
  | "accept"
  | "reject"
  | "pick"
  | "pack"
  | "ship"
  | "deliver"
  | "ready"
  | "hand_over"
  | "renew_code"
  | "expire"
  | "close"
  | "hold"
  | "unhold"
  | "re_route";
export type OrderStep = "cancel" | "edit" | "pay" | "return";
export type ReturnStep = "return_accept" | "return_reject" | "return_receive" | "return_complete";
export type ActionName = WorkStep | OrderStep | ReturnStep;

/** A number as it was typed; text that is none goes to the API, which says so. */
type Typed = number | string | null;

export interface LineValue {
  line: number;
  /** What there is left to say of it, for the form's hint. */
  most: number;
  offer: string;
  quantity?: Typed;
  short?: Typed;
  restocked?: Typed;
  written_off?: Typed;
  reason?: string;
}

export interface Values {
  lines?: LineValue[];
  [field: string]: unknown;
}

/** The body, and which of the form's lines each of the body's lines is. */
export interface Body {
  body: Record<string, unknown>;
  kept?: number[];
}

export interface Action {
  name: ActionName;
  of: "work" | "order" | "return";
  danger: boolean;
  initial: Values;
  bodyOf: (values: Values) => Body;
  send: (body: Record<string, unknown>, key: string) => Promise<unknown>;
}

const DANGER = new Set<ActionName>(["reject", "cancel", "return_reject", "expire", "close"]);

export type Column = "quantity" | "short" | "restocked" | "written_off";

/** The numbers that a step's form asks of each line. */
export const columnsOf = (name: ActionName): readonly Column[] =>
  name === "pick"
    ? ["quantity", "short"]
    : name === "return_receive"
      ? ["restocked", "written_off"]
      : ["quantity"];

/**
 * The API's path of an error as the form's field: lines that were not sent have no number in the body; what is wrong
 * with a line as such, or with all of them, stands at the first number that it asks.
 */
export function fieldOf(path: Path, name: ActionName, kept: number[] | undefined): Path {
  const [head, at, column] = path;
  if (head !== "lines") return path;
  const line = typeof at === "number" ? (kept?.[at] ?? at) : (kept?.[0] ?? 0);
  const known = column !== undefined && column !== "line";
  return [head, line, known ? column : columnsOf(name)[0]!];
}

const isSaid = (value: unknown): boolean => value !== undefined && value !== null && value !== "";
const sent = (value: unknown): unknown => (typeof value === "string" ? numberOf(value) : value);

/** Lines of which something was said, as the API takes them; all of them, if of none and that shall not mean all. */
function linesOf(values: Values, names: readonly Column[], noneIsAll = true): Body {
  const all = values.lines ?? [];
  const said = all.flatMap((line, at) => (names.some((name) => isSaid(line[name])) ? [at] : []));
  const kept = said.length > 0 || noneIsAll ? said : all.map((_, at) => at);
  const lines = kept.map((at) => {
    const line = all[at]!;
    const said: Record<string, unknown> = { line: line.line };
    for (const name of names) if (isSaid(line[name])) said[name] = sent(line[name]);
    return line.reason ? { ...said, reason: line.reason } : said;
  });
  return { body: lines.length === 0 ? {} : { lines }, kept };
}

function plain(values: Values, names: readonly string[]): Record<string, unknown> {
  const said = names.map((name): [string, unknown] => [
    name,
    name === "boxes" ? sent(values[name]) : values[name],
  ]);
  return Object.fromEntries(said.filter(([, value]) => isSaid(value)));
}

const FIELDS: Record<WorkStep, readonly string[]> = {
  accept: [],
  reject: ["reason", "note"],
  pick: [],
  pack: ["boxes"],
  ship: ["carrier", "tracking"],
  deliver: ["tracking"],
  ready: ["collect_by"],
  hand_over: ["code"],
  renew_code: [],
  expire: [],
  close: [],
  hold: ["reason"],
  unhold: [],
  re_route: ["reason"],
};

export function workAction(_order: Order, work: Work, step: string): Action {
  const name = step.replaceAll("-", "_") as WorkStep;
  return {
    name,
    of: "work",
    danger: DANGER.has(name),
    initial: initialOf(work, name),
    bodyOf: (values) => {
      const lines = linesOf(values, columnsOf(name), name !== "pick");
      return { body: { ...plain(values, FIELDS[name]), ...lines.body }, kept: lines.kept };
    },
    send: (body, key) => {
      const path =
        `/v1/fulfilment-orders/{fulfilment_id}/${step}` as "/v1/fulfilment-orders/{fulfilment_id}/reject";
      const params = { path: { fulfilment_id: work.id } };
      return data(api.POST(path, { params, body: body as never, headers: { "Idempotency-Key": key } }));
    },
  };
}

function initialOf(work: Work, name: WorkStep): Values {
  const rest = work.lines.map((part) => ({
    ...part,
    open: part.quantity - part.short - part.withdrawn - part.shipped,
  }));
  if (name === "pick") {
    const lines = rest
      .map((part) => ({ line: part.line, offer: part.offer, most: part.open - (part.picked - part.shipped) }))
      .filter(({ most }) => most > 0);
    return { lines: lines.map((line) => ({ ...line, quantity: line.most })) };
  }
  if (name === "pack") return { boxes: 1 };
  if (name === "reject" || name === "ship") {
    return {
      carrier: work.carrier ?? undefined,
      lines: rest
        .filter(({ open }) => open > 0)
        .map((part) => ({ line: part.line, offer: part.offer, most: part.open })),
    };
  }
  return {};
}

export function returnAction(
  order: Order,
  back: Return,
  step: "accept" | "reject" | "receive" | "complete",
): Action {
  const name: ReturnStep = `return_${step}`;
  const lines =
    step === "receive"
      ? back.lines.map(({ line, offer, quantity }) => ({ line, offer, most: quantity, restocked: quantity }))
      : undefined;
  return {
    name,
    of: "return",
    danger: DANGER.has(name),
    initial: { lines, refunded: undefined, currency: order.currency },
    bodyOf: (values) => {
      if (step === "receive") return linesOf(values, columnsOf(name), false);
      return { body: plain(values, step === "reject" ? ["reason"] : ["refunded", "reference"]) };
    },
    send: (body, key) => {
      const path = `/v1/returns/{order_id}/{number}/${step}` as "/v1/returns/{order_id}/{number}/complete";
      const params = { path: { order_id: order.id, number: back.number } };
      const empty = step === "accept" ? undefined : body;
      return data(api.POST(path, { params, body: empty as never, headers: { "Idempotency-Key": key } }));
    },
  };
}

const PLACE = ["name", "phone", "address", "region", "lat", "lon"] as const;

export function orderAction(order: Order, step: OrderStep): Action {
  const headers = (key: string) => ({ "Idempotency-Key": key });
  const params = { path: { order_id: order.id } };
  const common = { name: step, of: "order" as const, danger: DANGER.has(step) };
  const lines = (most: (line: Order["lines"][number]) => number) =>
    order.lines
      .map((line) => ({ line: line.line, offer: line.offer, most: most(line) }))
      .filter((line) => line.most > 0);

  switch (step) {
    case "cancel":
      return {
        ...common,
        initial: { lines: lines((line) => line.ordered - line.cancelled - line.shipped) },
        bodyOf: (values) => {
          const said = linesOf(values, columnsOf(step));
          return { body: { ...plain(values, ["reason"]), ...said.body }, kept: said.kept };
        },
        send: (body, key) =>
          data(
            api.POST("/v1/orders/{order_id}/cancel", { params, body: body as never, headers: headers(key) }),
          ),
      };
    case "edit":
      return {
        ...common,
        initial: {
          lines: lines((line) => line.ordered - line.cancelled),
          notes: order.notes,
          deliver_to: order.deliver_to?.lat === undefined ? undefined : { ...order.deliver_to },
        },
        bodyOf: (values) => {
          const said = linesOf(values, columnsOf(step));
          const body = { ...plain(values, ["pick_up_at"]), ...said.body };
          const place = values.deliver_to as Record<string, unknown> | undefined;
          const before = order.deliver_to as Record<string, unknown> | undefined;
          const moved =
            place !== undefined && PLACE.some((name) => (place[name] ?? "") !== (before?.[name] ?? ""));
          const notes = values.notes === (order.notes ?? "") ? undefined : values.notes;
          return {
            body: {
              ...body,
              ...(moved ? { deliver_to: plain(place, PLACE) } : {}),
              ...(notes === undefined ? {} : { notes }),
            },
            kept: said.kept,
          };
        },
        send: (body, key) =>
          data(api.PATCH("/v1/orders/{order_id}", { params, body: body as never, headers: headers(key) })),
      };
    case "pay":
      return {
        ...common,
        initial: {
          kind: order.paid.authorised > order.paid.captured ? "captured" : "paid",
          amount: Math.max(order.total - order.paid.captured, 0) || undefined,
          currency: order.currency,
        },
        bodyOf: (values) => ({ body: plain(values, ["kind", "amount", "reference", "method"]) }),
        send: (body, key) =>
          data(
            api.POST("/v1/orders/{order_id}/payments", {
              params,
              body: body as never,
              headers: headers(key),
            }),
          ),
      };
    case "return":
      return {
        ...common,
        initial: { lines: lines((line) => line.shipped - line.returned) },
        bodyOf: (values) => {
          const said = linesOf(values, columnsOf(step));
          return {
            body: { order: order.id, lines: [], ...plain(values, ["location"]), ...said.body },
            kept: said.kept,
          };
        },
        send: (body, key) => data(api.POST("/v1/returns", { body: body as never, headers: headers(key) })),
      };
  }
}
