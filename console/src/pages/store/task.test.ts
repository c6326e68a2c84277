import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  groupOf,
  isDone,
  linesOf,
  newer,
  openOf,
  project,
  takeStep,
  unpickedOf,
  type Step,
  type Task,
  type Waiting,
} from "@/pages/store/task";

const AT = "2026-11-11T08:00:00Z";

function task(kind: Task["kind"], quantities: number[], change: Partial<Task> = {}): Task {
  return {
    id: "0192f0c1-2345-7abc-8def-0123456789ab-1",
    order: "0192f0c1-2345-7abc-8def-0123456789ab",
    channel: "app",
    channel_order_id: "A-1",
    location: "S1",
    kind,
    state: "open",
    stage: kind === "pick_up" ? "open" : "approved",
    possible: ["accept", "reject", "hold", "re-route"],
    lines: quantities.map((quantity, i) => ({
      line: i + 1,
      offer: `X${i + 1}`,
      quantity,
      picked: 0,
      short: 0,
      withdrawn: 0,
      shipped: 0,
      serials: [],
    })),
    promised_from: null,
    promised_to: AT,
    collect_by: null,
    carrier: null,
    packages: [],
    reject_reason: null,
    hold_reason: null,
    created_at: AT,
    updated_at: AT,
    history: [],
    ...change,
  };
}

const waits = (step: Step, seen: number | null = null): Waiting => ({ step, seen, actor: "person:1" });
const accept: Step = { name: "accept", body: {} };
const pickAll = (of: Task): Step => ({
  name: "pick",
  body: { lines: of.lines.map(({ line, quantity }) => ({ line, quantity })) },
});
const pack: Step = { name: "pack", body: { boxes: 1 } };
const ship: Step = { name: "ship", body: { carrier: "SF", tracking: "1" } };

const tasks = fc
  .tuple(
    fc.constantFrom<Task["kind"]>("ship", "same_day", "pick_up"),
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
  )
  .map(([kind, quantities]) => task(kind, quantities));
const amount = fc.integer({ min: 0, max: 10 });
const line = fc.integer({ min: 1, max: 5 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>(
    accept,
    pack,
    ship,
    { name: "ready", body: {} },
    { name: "hand-over", body: { code: "123456" } },
    { name: "renew-code", body: {} },
    { name: "expire", body: {} },
    { name: "hold", body: { reason: "why" } },
    { name: "unhold", body: {} },
    { name: "reject", body: { reason: "damaged" } },
  ),
  fc
    .array(fc.record({ line, quantity: amount, short: amount }), { minLength: 1, maxLength: 4 })
    .map((lines): Step => ({ name: "pick", body: { lines } })),
  fc
    .array(fc.record({ line, quantity: fc.integer({ min: 1, max: 10 }) }), { maxLength: 3 })
    .map((lines): Step => ({ name: "reject", body: { reason: "damaged", lines } })),
);
const queues = fc.array(steps, { maxLength: 12 });

describe("project", () => {
  it("follows the way of a parcel", () => {
    const open = task("ship", [2, 1]);
    const groups = [accept, pickAll(open), pack, ship].map((_, i, all) =>
      groupOf(
        project(
          open,
          all.slice(0, i + 1).map((step) => waits(step)),
        ).task,
      ),
    );
    expect(groups).toEqual(["pick", "pack", "ship", null]);
  });

  it("leaves a pick-up where it is until the server has checked the code", () => {
    const open = task("pick_up", [1]);
    const queue = [accept, pickAll(open), { name: "ready", body: {} } as const];
    const ready = project(
      open,
      queue.map((step) => waits(step)),
    );
    expect(groupOf(ready.task)).toBe("hand-over");
    const asked = project(
      open,
      [...queue, { name: "hand-over", body: { code: "1" } } as const].map((s) => waits(s)),
    );
    expect(asked.task).toEqual(ready.task);
  });

  it("ends what is short altogether, and goes on with what was found", () => {
    const open = task("ship", [2]);
    const short = (quantity: number, missing: number): Step => ({
      name: "pick",
      body: { lines: [{ line: 1, quantity, short: missing }] },
    });
    expect(project(open, [waits(accept), waits(short(0, 2))]).task.state).toBe("rejected");
    const part = project(open, [waits(accept), waits(short(1, 1))]).task;
    expect([groupOf(part), linesOf(part)[0]?.open]).toEqual(["pack", 1]);
  });

  it("does not take a step again whose answer was lost", () => {
    const open = task("ship", [2], { state: "in_progress", possible: ["pick"] });
    const one: Step = { name: "pick", body: { lines: [{ line: 1, quantity: 1 }] } };
    const after: Task = {
      ...takeStep(open, one)!,
      history: [{ kind: "fulfilment.picked", at: AT, actor: "person:1" }],
    };
    expect(project(after, [waits(one, 0)]).task.lines[0]?.picked).toBe(1);
    expect(project(after, [waits(one, 1)]).task.lines[0]?.picked).toBe(2);
    expect(isDone({ ...after, history: [{ ...after.history[0]!, actor: "person:2" }] }, waits(one, 0))).toBe(
      false,
    );
  });

  it("is the task itself when nothing waits", () => {
    fc.assert(
      fc.property(tasks, (one) => {
        expect(project(one, []).task).toBe(one);
      }),
    );
  });

  it("keeps the books: nothing negative, nothing from nowhere", () => {
    fc.assert(
      fc.property(tasks, queues, (one, queue) => {
        const { task: after } = project(
          one,
          queue.map((step) => waits(step)),
        );
        for (const part of after.lines) {
          const { quantity, picked, short, withdrawn, shipped } = part;
          expect(
            Math.min(picked, short, withdrawn, shipped, openOf(part), unpickedOf(part)),
          ).toBeGreaterThanOrEqual(0);
          expect(shipped).toBeLessThanOrEqual(picked);
          expect(openOf(part) + short + withdrawn + shipped).toBe(quantity);
        }
        expect(after.lines.map(({ quantity }) => quantity)).toEqual(
          one.lines.map(({ quantity }) => quantity),
        );
      }),
    );
  });

  it("takes steps one after the other: in two goes or in one", () => {
    fc.assert(
      fc.property(tasks, queues, queues, (one, first, then) => {
        const go = (from: Task, queue: Step[]): Task =>
          project(
            from,
            queue.map((step) => waits(step)),
          ).task;
        expect(go(go(one, first), then)).toEqual(go(one, [...first, ...then]));
      }),
    );
  });

  it("names what does not fit, and shows the task as if it were not there", () => {
    fc.assert(
      fc.property(tasks, queues, (one, queue) => {
        const { task: after, unfit } = project(
          one,
          queue.map((step) => waits(step)),
        );
        const fitting = queue.filter((_, i) => !unfit.includes(i));
        expect(
          project(
            one,
            fitting.map((step) => waits(step)),
          ),
        ).toEqual({ task: after, unfit: [] });
      }),
    );
  });

  it("changes nothing in place", () => {
    fc.assert(
      fc.property(tasks, queues, (one, queue) => {
        const before = JSON.stringify(one);
        project(
          one,
          queue.map((step) => waits(step)),
        );
        expect(JSON.stringify(one)).toBe(before);
      }),
    );
  });
});

describe("newer", () => {
  it("prefers the longer history, then the later time", () => {
    const early = task("ship", [1]);
    const accepted = { ...early, history: [{ kind: "fulfilment.accepted", at: AT, actor: "a" }] };
    const touched = { ...early, updated_at: "2026-11-11T08:00:01Z" };
    expect(newer(early, accepted)).toBe(accepted);
    expect(newer(accepted, touched)).toBe(accepted);
    expect(newer(early, touched)).toBe(touched);
  });
});
