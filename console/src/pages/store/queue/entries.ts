/** The queue of steps that are to be sent, as pure functions over its entries. Stores and tabs are elsewhere. */
import type { Step } from "@/pages/store/task";

export interface Refusal {
  status: number;
  code: string;
  title: string;
  detail: string;
  fields: { pointer: string; code: string; detail: string }[];
}

/** What is written: a step of a fulfilment order, or a return taken at the counter (or one that was announced). */
export type Action =
  | { kind: "step"; task: string; step: Step }
  | { kind: "return"; order: string; location: string; lines: ReturnLine[] }
  | { kind: "receive"; order: string; number: number; accept: boolean; lines: ReturnLine[] };

export interface ReturnLine {
  line: number;
  restocked: number;
  written_off: number;
  reason: string;
}

export interface Entry {
  /** Order of making; unique in this browser. */
  seq: number;
  /** The Idempotency-Key, made before the first try and never again. */
  key: string;
  /** Who made it: it is sent under this person's session only. */
  person: string;
  party: string;
  /** The location that the person acted in. */
  location: string | null;
  actor: string;
  action: Action;
  /** The order's number, as people call it. */
  name: string;
  made_at: number;
  state: "waiting" | "refused" | "dropped";
  /** 0: surely never sent, so that it may be taken back. */
  tries: number;
  first_tried_at: number | null;
  /** Length of the task's history when it was first tried; null before. */
  seen: number | null;
  refusal: Refusal | null;
  /** The entry whose refusal dropped this one. */
  because: number | null;
}

/** Entries of one subject are sent one after the other; those of different subjects do not wait for each other. */
export const subjectOf = (entry: Pick<Entry, "action">): string =>
  entry.action.kind === "step" ? entry.action.task : `return:${entry.action.order}`;

export const isWaiting = (entry: Entry): boolean => entry.state === "waiting";

/** Who is signed in, and the store that they act in now (null: all of the brand's). */
export interface Who {
  person: string;
  location: string | null;
}

/** Whether an entry may be sent by who is signed in: made by the same person, in the store that they act in. */
export const isOf = (entry: Entry, who: Who): boolean =>
  entry.person === who.person && (who.location === null || entry.location === who.location);

/** The next entry to send: the first of its subject, none of the subjects that were put off. */
export function nextOf(entries: readonly Entry[], who: Who, putOff: ReadonlySet<string>): Entry | null {
  const seen = new Set<string>();
  for (const entry of inOrder(entries)) {
    if (!isOf(entry, who) || !isWaiting(entry)) continue;
    const subject = subjectOf(entry);
    if (!seen.has(subject) && !putOff.has(subject)) return entry;
    seen.add(subject);
  }
  return null;
}

export const inOrder = (entries: readonly Entry[]): Entry[] => [...entries].sort((a, b) => a.seq - b.seq);

/** It is about to be sent. What was tried once can't be taken back: the answer may be lost, not the step. */
export const tried = (entries: readonly Entry[], seq: number, now: number, history: number): Entry[] =>
  entries.map((entry) =>
    entry.seq === seq
      ? {
          ...entry,
          tries: entry.tries + 1,
          first_tried_at: entry.first_tried_at ?? now,
          seen: entry.seen ?? history,
        }
      : entry,
  );

/** The server has done it. */
export const done = (entries: readonly Entry[], seq: number): Entry[] =>
  entries.filter((entry) => entry.seq !== seq);

/** The server refused it: what was to follow it on the same task is not sent either. Both stay until they are seen. */
export function refused(entries: readonly Entry[], seq: number, refusal: Refusal): Entry[] {
  const at = entries.find((entry) => entry.seq === seq);
  if (at === undefined) return [...entries];
  return entries.map((entry) => {
    if (entry.seq === seq) return { ...entry, state: "refused", refusal };
    return follows(entry, at) ? { ...entry, state: "dropped", because: seq } : entry;
  });
}

/** Whether an entry waits behind another one of the same person and subject. */
export const follows = (entry: Entry, other: Entry): boolean =>
  isWaiting(entry) &&
  entry.seq > other.seq &&
  entry.person === other.person &&
  subjectOf(entry) === subjectOf(other);

/** Whether it may be taken back: it was surely never sent. */
export const canTakeBack = (entry: Entry): boolean => isWaiting(entry) && entry.tries === 0;

/** Take an entry back, and what was to follow it, as that builds on it. */
export function takenBack(entries: readonly Entry[], seq: number): Entry[] {
  const at = entries.find((entry) => entry.seq === seq);
  if (at === undefined || !canTakeBack(at)) return [...entries];
  return entries.filter((entry) => entry.seq !== seq && !follows(entry, at));
}

/** The associate has seen a refusal: it goes, with what it dropped. */
export const seen = (entries: readonly Entry[], seq: number): Entry[] =>
  entries.filter((entry) => !(entry.seq === seq && entry.state === "refused") && entry.because !== seq);

/** Keys are remembered by the server for a day; what was first tried before that must not be sent blindly. */
export const KEY_KEPT_MS = 23 * 3600_000;
export const isStale = (entry: Entry, now: number): boolean =>
  entry.first_tried_at !== null && now - entry.first_tried_at > KEY_KEPT_MS;
