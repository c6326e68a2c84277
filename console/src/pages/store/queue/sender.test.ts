import "fake-indexeddb/auto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  inOrder,
  isWaiting,
  KEY_KEPT_MS,
  nextOf,
  refused,
  seen,
  subjectOf,
  takenBack,
  tried,
  type Entry,
} from "@/pages/store/queue/entries";
import { Sender, type Line, type Outcome } from "@/pages/store/queue/sender";
import { InMemory, openStore, type NewEntry, type QueueStore } from "@/pages/store/queue/store";

const MINE = { person: "p1", location: "S1" };

const entry = (task: string, change: Partial<NewEntry> = {}): NewEntry => ({
  key: `${task}-${Math.random()}`,
  ...MINE,
  party: "demo",
  actor: "person:p1",
  action: { kind: "step", task, step: { name: "accept", body: {} } },
  name: task,
  made_at: 0,
  state: "waiting",
  tries: 0,
  first_tried_at: null,
  seen: null,
  refusal: null,
  because: null,
  ...change,
});
const REFUSAL = { status: 409, code: "wrong_state", title: "no", detail: "", fields: [] };

/** A server that does a key once, and a line that may lose the way there or the way back. */
function server(fate: (sent: number) => Outcome["is"] | "answer_lost" | "not_sent" = () => "done") {
  const did: string[] = [];
  const keys = new Set<string>();
  let sent = 0;
  const who = { now: MINE as { person: string; location: string | null } | "signed_out" | "unreachable" };
  const line: Line = {
    who: () => Promise.resolve(who.now),
    historyOf: () => Promise.resolve(3),
    send(one) {
      const is = fate(sent++);
      if (is === "not_sent") return Promise.resolve({ is: "unreachable" });
      if (is === "refused") return Promise.resolve({ is, refusal: REFUSAL, task: null });
      if (is !== "done" && is !== "answer_lost") return Promise.resolve({ is });
      if (!keys.has(one.key)) did.push(one.name);
      keys.add(one.key);
      return Promise.resolve(is === "done" ? { is, task: null } : { is: "unreachable" });
    },
  };
  return { did, line, who, sent: () => sent };
}

const alone = async (work: () => Promise<void>): Promise<void> => work();
const makeSender = (store: QueueStore, line: Line, now?: () => number): Sender =>
  new Sender(store, line, alone, () => undefined, now);

async function all(sender: Sender, store: QueueStore): Promise<void> {
  for (let i = 0; i < 200 && (await store.entries()).some(isWaiting); i++) await sender.kick();
  sender.stop();
}

describe("the sender", () => {
  it("does each step once and each task's in order, whatever the network loses", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 }),
        fc.array(fc.constantFrom("done", "answer_lost", "not_sent", "busy", "signed_out" as const)),
        async (tasks, fates) => {
          const store = new InMemory();
          for (const [i, task] of tasks.entries()) await store.add(entry(task, { name: `${task}${i}` }));
          const { did, line } = server((sent) => fates[sent] ?? "done");
          await all(makeSender(store, line), store);
          expect([...did].sort()).toEqual(tasks.map((task, i) => `${task}${i}`).sort());
          for (const task of ["a", "b", "c"]) {
            const order = did.filter((name) => name.startsWith(task)).map((name) => Number(name.slice(1)));
            expect(order).toEqual([...order].sort((x, y) => x - y));
          }
          expect(await store.entries()).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("sends nothing of somebody else, nor of another store", async () => {
    const store = new InMemory();
    await store.add(entry("a", { person: "p2" }));
    await store.add(entry("b", { location: "S2" }));
    const one = server();
    const sender = makeSender(store, one.line);
    await sender.kick();
    expect([one.sent(), sender.told.phase]).toEqual([0, "not_yours"]);
    one.who.now = { person: "p2", location: null };
    await sender.kick();
    expect([one.did, (await store.entries()).length]).toEqual([["a"], 1]);
  });

  it("keeps what waits when the session has ended", async () => {
    const store = new InMemory();
    await store.add(entry("a"));
    const one = server();
    one.who.now = "signed_out";
    const sender = makeSender(store, one.line);
    await sender.kick();
    expect([one.sent(), sender.told.phase, (await store.entries()).length]).toEqual([0, "signed_out", 1]);
  });

  it("drops what built on a refused step and nothing else, and keeps both until they are seen", async () => {
    const store = new InMemory();
    for (const name of ["a1", "b1", "a2"]) await store.add(entry(name[0] ?? "", { name }));
    const { line } = server((sent) => (sent === 0 ? "refused" : "done"));
    await all(makeSender(store, line), store);
    const left = await store.entries();
    expect(left.map(({ name, state }) => [name, state])).toEqual([
      ["a1", "refused"],
      ["a2", "dropped"],
    ]);
    await store.change((entries) => seen(entries, left[0]?.seq ?? 0));
    expect(await store.entries()).toEqual([]);
  });

  it("does not hold up other tasks when the server can't do one now", async () => {
    const store = new InMemory();
    for (const name of ["a1", "a2", "b1"]) await store.add(entry(name[0] ?? "", { name }));
    const { did, line } = server((sent) => (sent === 0 ? "busy" : "done"));
    const sender = makeSender(store, line);
    await sender.kick();
    sender.stop();
    expect([did, sender.told.phase]).toEqual([["b1"], "busy"]);
  });

  it("looks first where the server has forgotten the key", async () => {
    const store = new InMemory();
    await store.add(entry("a", { tries: 1, first_tried_at: 0, seen: 3 }));
    const asked: boolean[] = [];
    const line = { ...server().line, send: (_: Entry, again: boolean) => (asked.push(again), done()) };
    const done = (): Promise<Outcome> => Promise.resolve({ is: "done", task: null });
    await makeSender(store, line, () => KEY_KEPT_MS + 1).kick();
    expect(asked).toEqual([true]);
  });
});

describe("entries", () => {
  const many = fc
    .array(
      fc.record({
        task: fc.constantFrom("a", "b"),
        person: fc.constantFrom("p1", "p2"),
        tries: fc.integer({ min: 0, max: 1 }),
      }),
      { maxLength: 10 },
    )
    .map((given) => given.map(({ task, ...rest }, i): Entry => ({ ...entry(task, rest), seq: i + 1 })));

  it("are taken back only before they were sent, with all that follows them", () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 10 }), (entries, seq) => {
        const at = entries.find((one) => one.seq === seq);
        const after = takenBack(entries, seq);
        if (at === undefined || at.tries > 0) {
          expect(after).toEqual(entries);
          return;
        }
        const gone = entries.filter((one) => !after.includes(one));
        expect(gone[0]).toBe(at);
        expect(new Set(gone.map(subjectOf)).size).toBe(1);
        expect(gone.every((one) => one.person === at.person && one.seq >= seq)).toBe(true);
      }),
    );
  });

  it("leave nobody waiting behind a refusal, and touch no other task or person", () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 10 }), (entries, seq) => {
        const at = entries.find((one) => one.seq === seq);
        const after = refused(entries, seq, REFUSAL);
        for (const [i, one] of after.entries()) {
          const same = at !== undefined && subjectOf(one) === subjectOf(at) && one.person === at.person;
          const wanted = one.seq === seq ? "refused" : same && one.seq > seq ? "dropped" : entries[i]?.state;
          expect(one.state).toBe(wanted);
        }
      }),
    );
  });

  it("come in the order of their making", () => {
    fc.assert(
      fc.property(many, (entries) => {
        const next = nextOf([...entries].reverse(), { person: "p1", location: null }, new Set());
        expect(next).toEqual(inOrder(entries).find((one) => one.person === "p1") ?? null);
      }),
    );
  });

  it("keep the time and the history of the first try", () => {
    const one: Entry = { ...entry("a"), seq: 1 };
    const twice = tried(tried([one], 1, 10, 2), 1, 20, 5)[0];
    expect([twice?.tries, twice?.first_tried_at, twice?.seen]).toEqual([2, 10, 2]);
  });
});

describe("the store", () => {
  it("outlives the page, keeps the order, and forgets other people's tasks", async () => {
    const store = await openStore();
    expect(store.lasting).toBe(true);
    await store.add(entry("a"));
    await store.add(entry("b"));
    const again = await openStore();
    expect((await again.entries()).map(({ name }) => name)).toEqual(["a", "b"]);
    await again.change((entries) => tried(entries, entries[0]?.seq ?? 0, 5, 0).slice(0, 1));
    expect((await store.entries()).map(({ name, tries }) => [name, tries])).toEqual([["a", 1]]);
    for (const person of ["p1", "p2"])
      await store.keep({ id: `${person}/S1`, person, at: 0, tasks: [], offers: [], choices: null });
    await store.forget("p1");
    expect([(await store.kept("p1/S1"))?.person, await store.kept("p2/S1")]).toEqual(["p1", undefined]);
    await store.forget();
    expect(await store.kept("p1/S1")).toBeUndefined();
  });
});
