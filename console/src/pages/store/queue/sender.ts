/**
 * Sends what waits in the queue: in order, one at a time, from one tab, under the session of who made it.
 *
 * It begins at once when something is added, when the network is back, when the page is looked at again, and by itself
 * a while after a failure. An answer that is lost is asked for again with the same key, which does nothing twice.
 */
import {
  done,
  isOf,
  isStale,
  isWaiting,
  nextOf,
  refused,
  subjectOf,
  tried,
  type Entry,
  type Refusal,
  type Who,
} from "@/pages/store/queue/entries";
import type { QueueStore } from "@/pages/store/queue/store";
import type { Task } from "@/pages/store/task";

/** What became of one try. */
export type Outcome =
  | { is: "done"; task: Task | null }
  | { is: "refused"; refusal: Refusal; task: Task | null }
  | { is: "unreachable" }
  | { is: "busy" }
  | { is: "signed_out" };

export interface Line {
  /** Who is signed in now: asked before each pass, since another person may have signed in in another tab. */
  who(): Promise<Who | "signed_out" | "unreachable">;
  /** Length of the task's history as known, for recognising later what was done already. */
  historyOf(entry: Entry): Promise<number>;
  /** Send; a stale one (`again`) only after looking whether it was done. */
  send(entry: Entry, again: boolean): Promise<Outcome>;
}

export type Phase = "idle" | "sending" | "unreachable" | "busy" | "signed_out" | "not_yours";

export interface Told {
  phase: Phase;
  sending: number | null;
}

export type Lock = (work: () => Promise<void>) => Promise<void>;

const WAIT_MS = [2_000, 5_000, 15_000, 30_000, 60_000];

export class Sender {
  told: Told = { phase: "idle", sending: null };
  private running = false;
  private again = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly store: QueueStore;
  private readonly line: Line;
  private readonly lock: Lock;
  private readonly tell: (task: Task | null) => void;
  private readonly now: () => number;

  constructor(store: QueueStore, line: Line, lock: Lock, tell: (task: Task | null) => void, now = Date.now) {
    this.store = store;
    this.line = line;
    this.lock = lock;
    this.tell = tell;
    this.now = now;
  }

  /** Send what waits; told while it is at it, it looks once more afterwards. */
  async kick(): Promise<void> {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    clearTimeout(this.timer);
    try {
      do {
        this.again = false;
        await this.lock(() => this.pass());
      } while (this.again);
    } finally {
      this.running = false;
      this.say(this.told.phase === "sending" ? "idle" : this.told.phase, null);
    }
    if (this.told.phase === "unreachable" || this.told.phase === "busy") {
      const wait = WAIT_MS[Math.min(this.failures, WAIT_MS.length) - 1] ?? 2_000;
      this.timer = setTimeout(() => void this.kick(), wait);
    }
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async pass(): Promise<void> {
    const waiting = (await this.store.entries()).filter(isWaiting);
    if (waiting.length === 0) return this.rest("idle");
    const who = await this.line.who();
    if (who === "signed_out") return this.say("signed_out", null);
    if (who === "unreachable") return this.fail("unreachable");
    const putOff = new Set<string>();
    for (;;) {
      const entry = nextOf(await this.store.entries(), who, putOff);
      if (entry === null) break;
      const outcome = await this.one(entry);
      if (outcome.is === "signed_out") return this.say("signed_out", null);
      if (outcome.is === "unreachable") return this.fail("unreachable");
      if (outcome.is === "busy") putOff.add(subjectOf(entry));
    }
    if (putOff.size > 0) return this.fail("busy");
    const others = (await this.store.entries()).some((entry) => isWaiting(entry) && !isOf(entry, who));
    this.rest(others ? "not_yours" : "idle");
  }

  private async one(entry: Entry): Promise<Outcome> {
    const stale = isStale(entry, this.now());
    const history = entry.seen ?? (await this.line.historyOf(entry));
    let there = false;
    await this.store.change((all) => {
      there = all.some((one) => one.seq === entry.seq && isWaiting(one));
      return tried(all, entry.seq, this.now(), history);
    });
    if (!there) return { is: "done", task: null }; // taken back meanwhile, in another tab
    this.say("sending", entry.seq);
    const outcome = await this.line.send({ ...entry, seen: history }, stale);
    if (outcome.is === "done") await this.store.change((all) => done(all, entry.seq));
    if (outcome.is === "refused") await this.store.change((all) => refused(all, entry.seq, outcome.refusal));
    if (outcome.is === "done" || outcome.is === "refused") {
      this.failures = 0;
      this.tell(outcome.task);
    }
    return outcome;
  }

  private rest(phase: Phase): void {
    this.failures = 0;
    this.say(phase, null);
  }

  private fail(phase: Phase): void {
    this.failures += 1;
    this.say(phase, null);
  }

  private say(phase: Phase, sending: number | null): void {
    this.told = { phase, sending };
    this.tell(null);
  }
}
