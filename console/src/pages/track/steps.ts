/** The progress line: which steps an order takes, and how far it is. */
import type { Schemas } from "@/api/client";

export type Tracking = Schemas["Tracking"];
export type Part = Tracking["parts"][number];
export type StepName = "placed" | "preparing" | "on_the_way" | "delivered" | "ready" | "collected";

export interface Step {
  name: StepName;
  state: "done" | "now" | "next";
  at: string | undefined;
}

const SENT: readonly StepName[] = ["placed", "preparing", "on_the_way", "delivered"];
const COLLECTED: readonly StepName[] = ["placed", "preparing", "ready", "collected"];

/** The steps of an order; none for one that was cancelled or given back. */
export function stepsOf(order: Pick<Tracking, "state" | "parts" | "milestones">): Step[] {
  if (["cancelled", "returned"].includes(order.state)) return [];
  const names =
    order.parts.length > 0 && order.parts.every(({ kind }) => kind === "pick_up") ? COLLECTED : SENT;
  const at = names.findIndex((name) => name === reached(order.state, names));
  return names.map((name, i) => ({
    name,
    state: i < at || at === names.length - 1 ? "done" : i === at ? "now" : "next",
    at: i <= at ? order.milestones.find(({ state }) => state === name)?.at : undefined,
  }));
}

/** The step that stands for a state; an order in several parts may be ready in one store while the rest is sent. */
function reached(state: Tracking["state"], names: readonly StepName[]): StepName {
  if (state === "awaiting_payment") return "placed";
  if (state === "completed") return names[names.length - 1] ?? "delivered";
  const step = names.find((name) => name === state);
  if (step !== undefined) return step;
  return state === "ready" ? "on_the_way" : state === "collected" ? "delivered" : "placed";
}

/** Whether nothing is going to change any more. */
export const isOver = (state: Tracking["state"]): boolean =>
  ["delivered", "collected", "completed", "cancelled", "returned"].includes(state);
