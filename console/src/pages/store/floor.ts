/** The one queue of this page: what waits, what is being sent, and what became of it; the same in every tab. */
import { useSyncExternalStore } from "react";
import { newKey } from "@/api/client";
import type { Me } from "@/api/me";
import { queryClient } from "@/app/queries";
import {
  canTakeBack,
  inOrder,
  isWaiting,
  seen,
  takenBack,
  type Action,
  type Entry,
} from "@/pages/store/queue/entries";
import { oneTab } from "@/pages/store/queue/lock";
import { Sender, type Told } from "@/pages/store/queue/sender";
import { openStore, type QueueStore } from "@/pages/store/queue/store";
import { lineTo, personOf } from "@/pages/store/queue/wire";
import { newer, type Task } from "@/pages/store/task";

export interface Snapshot {
  /** False until the queue was read. */
  known: boolean;
  entries: readonly Entry[];
  told: Told;
  lasting: boolean;
  /** Tasks as answers of steps told them, by id: newer perhaps than the last list. */
  tasks: ReadonlyMap<string, Task>;
  online: boolean;
}

const PAUSE_MS = 1_000;
let pending: ReturnType<typeof setTimeout> | undefined;

/** Ask for the lists anew, once a second at most, however much happens. */
export function refresh(): void {
  pending ??= setTimeout(() => {
    pending = undefined;
    void queryClient.invalidateQueries({ queryKey: ["store", "tasks"] }, { cancelRefetch: false });
    void queryClient.invalidateQueries({ queryKey: ["store", "task"] }, { cancelRefetch: false });
  }, PAUSE_MS);
}

class Floor {
  private snapshot: Snapshot = {
    known: false,
    entries: [],
    told: { phase: "idle", sending: null },
    lasting: true,
    tasks: new Map(),
    online: globalThis.navigator?.onLine ?? true,
  };
  private readonly listeners = new Set<() => void>();
  private readonly others =
    "BroadcastChannel" in globalThis ? new BroadcastChannel("manystores-store") : undefined;
  private opened: Promise<QueueStore> | undefined;
  private sender: Sender | undefined;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    void this.open();
    return () => this.listeners.delete(listener);
  };
  now = (): Snapshot => this.snapshot;

  /** Open the store once; from then on send whenever there is reason to. */
  open(): Promise<QueueStore> {
    this.opened ??= this.start();
    return this.opened;
  }

  private async start(): Promise<QueueStore> {
    const store = await openStore();
    this.sender = new Sender(
      store,
      lineTo((entry) => this.historyOf(entry)),
      oneTab,
      (task) => this.heard(task),
    );
    if (this.others !== undefined) this.others.onmessage = () => void this.read(store);
    window.addEventListener("online", () => this.reach(true));
    window.addEventListener("offline", () => this.reach(false));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.sender?.kick();
    });
    this.put({ lasting: store.lasting });
    await this.read(store);
    void this.sender.kick();
    return store;
  }

  /** Whether the server can be reached, as the browser says or a request found. */
  reach(online: boolean): void {
    if (online !== this.snapshot.online) this.put({ online });
    if (online) void this.sender?.kick();
  }

  async add(me: Me, location: string, name: string, action: Action): Promise<void> {
    const store = await this.open();
    await store.add({
      key: newKey(),
      person: personOf(me),
      party: me.party,
      location,
      actor: me.person === null ? "" : `person:${me.person.id}`,
      action,
      name,
      made_at: Date.now(),
      state: "waiting",
      tries: 0,
      first_tried_at: null,
      seen: null,
      refusal: null,
      because: null,
    });
    await this.changed(store);
    void this.sender?.kick();
  }

  async takeBack(entry: Entry): Promise<void> {
    if (!canTakeBack(entry)) return;
    const store = await this.open();
    await store.change((entries) => takenBack(entries, entry.seq));
    await this.changed(store);
  }

  async acknowledge(entry: Entry): Promise<void> {
    const store = await this.open();
    await store.change((entries) => seen(entries, entry.seq));
    await this.changed(store);
  }

  kick(): void {
    void this.sender?.kick();
  }

  /** What lists told: answers of steps that are older are forgotten. */
  listed(tasks: readonly Task[]): void {
    const kept = new Map(this.snapshot.tasks);
    for (const task of tasks) {
      const known = kept.get(task.id);
      kept.set(task.id, known === undefined ? task : newer(known, task));
    }
    this.put({ tasks: kept });
  }

  /** Nothing of anybody stays to be read; what is not sent yet stays for its own person. */
  async leave(): Promise<void> {
    this.put({ tasks: new Map() });
    await (await this.open()).forget();
  }

  private historyOf(entry: Entry): number {
    const task = entry.action.kind === "step" ? this.snapshot.tasks.get(entry.action.task) : undefined;
    // of a task that is not known nothing may be recognised as done
    return task?.history.length ?? Number.MAX_SAFE_INTEGER;
  }

  private heard(task: Task | null): void {
    if (task !== null) {
      this.listed([task]);
      refresh();
    }
    const told = this.sender?.told ?? this.snapshot.told;
    const online =
      told.phase === "unreachable" ? false : told.phase === "sending" ? true : this.snapshot.online;
    this.put({ told, online });
    void this.open().then((store) => this.changed(store));
  }

  private async changed(store: QueueStore): Promise<void> {
    await this.read(store);
    this.others?.postMessage("changed");
  }

  private async read(store: QueueStore): Promise<void> {
    this.put({ known: true, entries: inOrder(await store.entries()) });
  }

  private put(changes: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...changes };
    this.listeners.forEach((listener) => listener());
  }
}

export const floor = new Floor();

export const useFloor = (): Snapshot => useSyncExternalStore(floor.subscribe, floor.now);

/** The entries of this person, and how many of others wait on this device. */
export function minesOf(snapshot: Snapshot, me: Me): { mine: Entry[]; others: number } {
  const person = personOf(me);
  return {
    mine: snapshot.entries.filter((entry) => entry.person === person),
    others: snapshot.entries.filter((entry) => entry.person !== person && isWaiting(entry)).length,
  };
}
