/**
 * A store's task as its associate sees it: what the server last told, and on top of it the steps that wait to be sent.
 *
 * The rules mirror those of the server (which steps are possible, what a step does to quantities), so that a phone
 * without a network shows the next step at once. The server decides; a step that it refuses is shown as refused.
 */
import type { Schemas } from "@/api/client";

export type Task = Schemas["FulfilmentOrder"];
export type Article = Schemas["Article"];
type Part = Task["lines"][number];

export interface PickLine {
  line: number;
  quantity: number;
  short?: number;
  serials?: string[];
}
export interface LineQuantity {
  line: number;
  quantity: number;
}

/** A step of a fulfilment order, as it is sent: its name in the address, and the body. */
export type Step =
  | { name: "accept"; body: Record<string, never> }
  | { name: "reject"; body: { reason: string; note?: string; lines?: LineQuantity[] } }
  | { name: "pick"; body: { lines: PickLine[] } }
  | { name: "pack"; body: { boxes: number } }
  | { name: "ship"; body: { carrier: string; tracking: string } }
  | { name: "ready"; body: Record<string, never> }
  | { name: "hand-over"; body: { code: string } }
  | { name: "renew-code"; body: Record<string, never> }
  | { name: "expire"; body: Record<string, never> }
  | { name: "hold"; body: { reason: string } }
  | { name: "unhold"; body: Record<string, never> };
export type StepName = Step["name"];

/** The fact that the server's history tells of a step that was done; a rejection in part has a name of its own. */
const FACTS: Record<StepName, readonly string[]> = {
  accept: ["fulfilment.accepted"],
  reject: ["fulfilment.rejected", "fulfilment.lines_rejected"],
  pick: ["fulfilment.picked", "fulfilment.rejected"],
  pack: ["fulfilment.packed"],
  ship: ["fulfilment.shipped"],
  ready: ["fulfilment.ready"],
  "hand-over": ["fulfilment.handed_over"],
  "renew-code": ["fulfilment.code_renewed"],
  expire: ["fulfilment.expired"],
  hold: ["fulfilment.held"],
  unhold: ["fulfilment.resumed"],
};

/** A step that waits, and who took it (empty where that is not known): `seen` is how long the task's history was when it was first sent, null while it never was. */
export interface Waiting {
  step: Step;
  seen: number | null;
  actor: string;
}

export interface Projected {
  task: Task;
  /** Positions of steps that do not fit what the task is now: the server will refuse them. */
  unfit: number[];
}

export const openOf = (part: Part): number => part.quantity - part.short - part.withdrawn - part.shipped;
export const unpickedOf = (part: Part): number => part.quantity - part.short - part.withdrawn - part.picked;

const sum = (task: Task, of: (part: Part) => number): number =>
  task.lines.reduce((total, part) => total + of(part), 0);

/** The state of a task after the steps that wait. Nothing is changed in place. */
export function project(task: Task, waiting: readonly Waiting[]): Projected {
  let now = task;
  const unfit: number[] = [];
  waiting.forEach((one, i) => {
    if (isDone(task, one)) return;
    const after = takeStep(now, one.step);
    if (after === null) unfit.push(i);
    else now = after;
  });
  return { task: now, unfit };
}

/** Whether a step whose answer was lost stands in the task's history already. */
export function isDone(task: Task, one: Waiting): boolean {
  if (one.seen === null) return false;
  return task.history
    .slice(one.seen)
    .some(
      (entry) => (one.actor === "" || entry.actor === one.actor) && FACTS[one.step.name].includes(entry.kind),
    );
}

/** The task after a step, or null when the step is not possible. */
export function takeStep(task: Task, step: Step): Task | null {
  if (!task.possible.includes(step.name)) return null;
  switch (step.name) {
    case "accept":
      return settled({ ...task, state: "in_progress" });
    case "pick":
      return pick(task, step.body.lines);
    case "pack":
      return settled({ ...task, stage: "packed" });
    case "ready":
      return settled({ ...task, stage: "ready_for_pickup" });
    case "hand-over":
      return task; // whether the code is right, the server says: until then nothing has left
    case "ship":
      return settled({
        ...task,
        lines: task.lines.map((part) => ({ ...part, shipped: part.shipped + openOf(part) })),
      });
    case "reject":
      return reject(task, step.body.lines);
    case "expire":
      return withPossible({ ...withdrawAll(task), state: "cancelled", stage: "expired" });
    case "hold":
      return withPossible({ ...task, state: "on_hold", hold_reason: step.body.reason || "held" });
    case "unhold":
      return settled({ ...task, state: heldFrom(task), hold_reason: null });
    case "renew-code":
      return task;
  }
}

function pick(task: Task, lines: readonly PickLine[]): Task | null {
  let parts = task.lines;
  for (const line of lines) {
    const short = line.short ?? 0;
    if (line.quantity < 0 || short < 0 || line.quantity + short === 0) return null;
    const picked = spread(parts, line.line, line.quantity, unpickedOf, (part, n) => ({
      ...part,
      picked: part.picked + n,
    }));
    const found = picked && withSerials(picked, line.line, line.serials ?? []);
    const after =
      found && spread(found, line.line, short, unpickedOf, (part, n) => ({ ...part, short: part.short + n }));
    if (!after) return null;
    parts = after;
  }
  return settled({ ...task, lines: parts });
}

function withSerials(parts: Part[], line: number, serials: readonly string[]): Part[] {
  if (serials.length === 0) return parts;
  const at = parts.findIndex((part) => part.line === line);
  return parts.map((part, i) => (i === at ? { ...part, serials: [...part.serials, ...serials] } : part));
}

/** Give `quantity` of a line to its parts, first come; null when they have no room for all of it. */
function spread(
  parts: Part[],
  line: number,
  quantity: number,
  room: (part: Part) => number,
  give: (part: Part, n: number) => Part,
): Part[] | null {
  let left = quantity;
  const after = parts.map((part) => {
    const n = part.line === line ? Math.min(left, Math.max(0, room(part))) : 0;
    left -= n;
    return n > 0 ? give(part, n) : part;
  });
  return left === 0 ? after : null;
}

function reject(task: Task, lines: readonly LineQuantity[] | undefined): Task | null {
  if (lines === undefined || lines.length === 0) return settled(withdrawAll(task));
  let parts: Part[] | null = task.lines;
  for (const { line, quantity } of lines) {
    parts = parts && spread(parts, line, quantity, openOf, withdraw);
  }
  return parts && settled({ ...task, lines: parts });
}

/** Unpicked units go first; picked ones go back to the shelf. */
function withdraw(part: Part, n: number): Part {
  const picked = Math.max(0, n - unpickedOf(part));
  return { ...part, withdrawn: part.withdrawn + n, picked: part.picked - picked };
}

const withdrawAll = (task: Task): Task => ({
  ...task,
  lines: task.lines.map((part) => withdraw(part, openOf(part))),
});

const heldFrom = (task: Task): Task["state"] =>
  task.history.some((entry) => entry.kind === "fulfilment.accepted") || sum(task, (part) => part.picked) > 0
    ? "in_progress"
    : "open";

/** With nothing left to do the task has ended: closed if something left, rejected otherwise. */
function settled(task: Task): Task {
  if (sum(task, openOf) > 0) return withPossible({ ...task, stage: stageOf(task) });
  const left = sum(task, (part) => part.shipped) > 0;
  const pickUp = task.kind === "pick_up";
  return withPossible({
    ...task,
    state: left ? "closed" : "rejected",
    stage: left ? (pickUp ? "handed_over" : "shipped") : "cancelled",
  });
}

function stageOf(task: Task): string {
  if (task.stage === "packed" || task.stage === "ready_for_pickup") return task.stage;
  if (task.kind === "pick_up") return "open";
  return task.state !== "open" && sum(task, unpickedOf) === 0 ? "picked" : "approved";
}

const withPossible = (task: Task): Task => ({ ...task, possible: possible(task) });

/** The steps that can be taken now: `possible` of the server's orders/work.py, without those of head office. */
function possible(task: Task): string[] {
  if (task.state === "open") return ["accept", "reject", "hold"];
  if (task.state === "on_hold") return task.hold_reason === "unpaid" ? [] : ["unhold"];
  if (task.state !== "in_progress") return [];
  let steps: string[];
  if (sum(task, unpickedOf) > 0) steps = ["pick"];
  else if (task.kind === "pick_up")
    steps = task.stage === "ready_for_pickup" ? ["hand-over", "renew-code", "expire"] : ["ready"];
  else steps = task.stage === "packed" ? ["ship"] : ["pack"];
  return [...steps, "reject", "hold"];
}

/** What comes next with a task: the group under which the list shows it; null when nothing does. */
export type Group = "accept" | "pick" | "pack" | "ready" | "hand-over" | "ship" | "held";
export const GROUPS: readonly Group[] = ["accept", "pick", "pack", "ready", "hand-over", "ship", "held"];

export function groupOf(task: Task): Group | null {
  if (task.state === "on_hold") return "held";
  return GROUPS.find((group) => task.possible.includes(group)) ?? null;
}

/** A line of a task over all its parts (lots), in base units. */
export interface TaskLine {
  line: number;
  offer: string;
  wanted: number;
  picked: number;
  unpicked: number;
  short: number;
  open: number;
  serials: string[];
}

export function linesOf(task: Task): TaskLine[] {
  const lines = new Map<number, TaskLine>();
  for (const part of task.lines) {
    const known = lines.get(part.line) ?? {
      line: part.line,
      offer: part.offer,
      wanted: 0,
      picked: 0,
      unpicked: 0,
      short: 0,
      open: 0,
      serials: [],
    };
    lines.set(part.line, {
      ...known,
      wanted: known.wanted + part.quantity - part.withdrawn,
      picked: known.picked + part.picked,
      unpicked: known.unpicked + unpickedOf(part),
      short: known.short + part.short,
      open: known.open + openOf(part),
      serials: [...known.serials, ...part.serials],
    });
  }
  return [...lines.values()].filter((line) => line.wanted > 0);
}

/** The later of two tellings of a task: an answer may be older than what the stream brought meanwhile. */
export function newer(one: Task, other: Task): Task {
  if (one.history.length !== other.history.length)
    return one.history.length > other.history.length ? one : other;
  return Date.parse(other.updated_at) > Date.parse(one.updated_at) ? other : one;
}

/** Most urgent first; what was promised for no time comes last. */
export function byPromise(one: Task, other: Task): number {
  const at = (task: Task): number => (task.promised_to === null ? Infinity : Date.parse(task.promised_to));
  const [a, b] = [at(one), at(other)];
  if (a !== b) return a < b ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}
