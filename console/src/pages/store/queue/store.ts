/**
 * Where the queue and the last tasks are kept: IndexedDB, so that they outlive reloads and the app being killed.
 *
 * Each change is one transaction over all entries (there are few), so that tabs never see half of one. Where a browser
 * gives no storage (some private modes), memory has to do, and the screen says so.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Entry } from "@/pages/store/queue/entries";
import type { Article, Task } from "@/pages/store/task";

export type NewEntry = Omit<Entry, "seq">;

/** The tasks that were last seen, for reading without a network; one record a person and location. */
export interface Kept {
  /** `person/location`. */
  id: string;
  person: string;
  at: number;
  tasks: Task[];
  offers: Article[];
  choices: Choices | null;
}
export interface Choices {
  reject_reasons: { code: string; text: string; units_stay_for_sale: boolean }[];
  carriers: { code: string; name: string }[];
}

export interface QueueStore {
  readonly lasting: boolean;
  entries(): Promise<Entry[]>;
  add(entry: NewEntry): Promise<Entry>;
  change(by: (entries: Entry[]) => Entry[]): Promise<Entry[]>;
  kept(id: string): Promise<Kept | undefined>;
  keep(kept: Kept): Promise<void>;
  /** Forget the tasks of everybody but this person; of everybody without one. */
  forget(except?: string): Promise<void>;
}

interface Schema extends DBSchema {
  entries: { key: number; value: Entry };
  kept: { key: string; value: Kept };
}

const NAME = "manystores-store";

export async function openStore(): Promise<QueueStore> {
  try {
    const database = await openDB<Schema>(NAME, 1, {
      upgrade(fresh) {
        fresh.createObjectStore("entries", { keyPath: "seq", autoIncrement: true });
        fresh.createObjectStore("kept", { keyPath: "id" });
      },
    });
    return new Lasting(database);
  } catch {
    return new InMemory();
  }
}

class Lasting implements QueueStore {
  readonly lasting = true;
  private readonly database: IDBPDatabase<Schema>;

  constructor(database: IDBPDatabase<Schema>) {
    this.database = database;
  }

  entries(): Promise<Entry[]> {
    return this.database.getAll("entries");
  }

  async add(entry: NewEntry): Promise<Entry> {
    const seq = await this.database.add("entries", entry as Entry);
    return { ...entry, seq };
  }

  async change(by: (entries: Entry[]) => Entry[]): Promise<Entry[]> {
    const transaction = this.database.transaction("entries", "readwrite");
    const before = await transaction.store.getAll();
    const after = by(before);
    const left = new Set(after.map((entry) => entry.seq));
    const gone = before.filter((entry) => !left.has(entry.seq));
    await Promise.all([
      ...gone.map((entry) => transaction.store.delete(entry.seq)),
      ...after.map((entry) => transaction.store.put(entry)),
      transaction.done,
    ]);
    return after;
  }

  kept(id: string): Promise<Kept | undefined> {
    return this.database.get("kept", id);
  }

  async keep(kept: Kept): Promise<void> {
    await this.database.put("kept", kept);
  }

  async forget(except?: string): Promise<void> {
    const transaction = this.database.transaction("kept", "readwrite");
    for (const kept of await transaction.store.getAll()) {
      if (kept.person !== except) await transaction.store.delete(kept.id);
    }
    await transaction.done;
  }
}

/** For browsers without storage, and for tests. */
export class InMemory implements QueueStore {
  readonly lasting = false;
  private all: Entry[] = [];
  private next = 1;
  private readonly tasks = new Map<string, Kept>();

  entries(): Promise<Entry[]> {
    return Promise.resolve(this.all);
  }

  add(entry: NewEntry): Promise<Entry> {
    const added = { ...entry, seq: this.next++ };
    this.all = [...this.all, added];
    return Promise.resolve(added);
  }

  change(by: (entries: Entry[]) => Entry[]): Promise<Entry[]> {
    this.all = by(this.all);
    return Promise.resolve(this.all);
  }

  kept(id: string): Promise<Kept | undefined> {
    return Promise.resolve(this.tasks.get(id));
  }

  keep(kept: Kept): Promise<void> {
    this.tasks.set(kept.id, kept);
    return Promise.resolve();
  }

  forget(except?: string): Promise<void> {
    for (const [id, kept] of this.tasks) if (kept.person !== except) this.tasks.delete(id);
    return Promise.resolve();
  }
}
