/**
 * The board as it is now: kept from the API's ticks, outside of React, so that a tick draws only what it changed.
 *
 * While it is paused, ticks go on being kept but are not shown.
 */
import type { Schemas } from "@/api/client";
import { LiveStream, type Connection, type LiveEvent } from "@/ui/stream";

export type Figures = Schemas["BoardFigures"];
export type Entry = Schemas["BoardEntry"];
export type Board = Schemas["Board"];

type Tick = Omit<Board, "figures"> & { figures: Partial<Figures> };

export interface Shown {
  at: string;
  since: Board["since"];
  figures: Figures;
  newest: readonly Entry[];
  /** How much happened since the board was opened. */
  happened: number;
}

export const LISTED = 50;

/** The board after a tick; `pulse` tells the last seconds only, and the others move on. */
export function after(shown: Shown, tick: Tick): Shown {
  const figures = { ...shown.figures, ...tick.figures };
  if (tick.figures.pulse !== undefined) {
    figures.pulse = {
      until: tick.figures.pulse.until,
      orders: pulseAfter(shown.figures.pulse, tick.figures.pulse),
    };
  }
  const known = new Set(shown.newest.map(({ id }) => id));
  const fresh = tick.newest.filter(({ id }) => !known.has(id));
  const newest = fresh.length === 0 ? shown.newest : [...fresh, ...shown.newest].slice(0, LISTED);
  return {
    at: tick.at,
    since: tick.since,
    figures,
    newest,
    happened: shown.happened + fresh.length + tick.left_out,
  };
}

/** The seconds before `until`, with the newest of them replaced by what was told last. */
export function pulseAfter(before: Figures["pulse"], told: Figures["pulse"]): number[] {
  const size = before.orders.length;
  const gone = Math.round((Date.parse(told.until) - Date.parse(before.until)) / 1000);
  const moved = gone >= size ? [] : before.orders.slice(Math.max(0, gone));
  const padded = [...moved, ...Array<number>(Math.max(0, size - moved.length)).fill(0)];
  return [...padded.slice(0, size - told.orders.length), ...told.orders];
}

export class LiveBoard {
  private readonly watchers = new Set<() => void>();
  private kept: Shown | undefined;
  shown: Shown | undefined;
  paused = false;
  /** Ticks that came while it was paused. */
  waiting = 0;

  constructor(private readonly stream = new LiveStream("/v1/board/stream")) {}

  get connection(): Connection {
    return this.stream.state;
  }

  /** Follow the stream until the returned function is called. */
  follow(): () => void {
    const unwatch = this.stream.watch(this.told);
    const unlisten = this.stream.listen({ names: ["board", "tick"], onEvents: this.take });
    return () => {
      unlisten();
      unwatch();
    };
  }

  /** The whole board, as somebody who may not follow asks for it. */
  put(board: Board): void {
    this.kept = { ...board, happened: this.kept?.happened ?? 0 };
    this.show();
  }

  pause(paused: boolean): void {
    this.paused = paused;
    this.waiting = 0;
    this.shown = this.kept;
    this.told();
  }

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  private take = (events: LiveEvent[]): void => {
    for (const event of events) {
      const tick = event as unknown as Tick;
      if (event.name === "board") this.kept = { ...(tick as Board), happened: this.kept?.happened ?? 0 };
      else if (this.kept !== undefined) this.kept = after(this.kept, tick);
    }
    this.show();
  };

  private show(): void {
    if (this.paused) this.waiting += 1;
    else this.shown = this.kept;
    this.told();
  }

  private told = (): void => this.watchers.forEach((watcher) => watcher());
}
