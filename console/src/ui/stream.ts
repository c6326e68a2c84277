/**
 * The API's live events: one connection for the whole console, however many parts of it listen.
 *
 * Events are handed on in batches, one an animation frame (one a second while the page is hidden), so that thousands a
 * second cost one drawing a frame. A connection that broke comes back by itself; listeners are told that there is a
 * gap, because the stream does not repeat what was missed.
 */
export interface LiveEvent<Data = unknown> {
  name: string;
  /** RFC 3339. */
  at: string;
  /** `<seq>-<n>` of the partition's journal. */
  sequence: string;
  data: Data;
}

export type Connection = "connecting" | "open" | "lost";

export interface Listener {
  names: readonly string[];
  onEvents: (events: LiveEvent[]) => void;
  /** Events were missed: ask the API anew. */
  onGap?: () => void;
}

export interface Wiring {
  open: (url: string) => EventSource;
  /** Calls back at the next moment for drawing. */
  schedule: (call: () => void) => void;
  later: (call: () => void, ms: number) => unknown;
  random: () => number;
}

const FIRST_MS = 500;
const MOST_MS = 30_000;
/** Kept while a page can't draw; beyond it listeners are told of a gap instead. */
const PENDING = 20_000;

const inBrowser: Wiring = {
  open: (url) => new EventSource(url),
  schedule: (call) => {
    if (document.hidden) setTimeout(call, 1000);
    else requestAnimationFrame(call);
  },
  later: (call, ms) => setTimeout(call, ms),
  random: Math.random,
};

export class LiveStream {
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<() => void>();
  private readonly names = new Set<string>();
  private source: EventSource | undefined;
  private pending: string[] = [];
  private overflowed = false;
  private scheduled = false;
  private failures = 0;
  private wasOpen = false;
  state: Connection = "connecting";

  constructor(
    private readonly url = "/v1/stream",
    private readonly wiring: Wiring = inBrowser,
  ) {}

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.source === undefined && this.failures === 0) this.connect();
    else listener.names.forEach((name) => this.hear(name));
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  }

  /** For useSyncExternalStore. */
  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  private connect(): void {
    // who listened may have gone and come back while a try was waited for: one connection is enough
    if (this.listeners.size === 0 || this.source !== undefined) return;
    this.names.clear();
    const source = (this.source = this.wiring.open(this.url));
    for (const { names } of this.listeners) names.forEach((name) => this.hear(name));
    source.onopen = () => {
      this.failures = 0;
      this.become("open");
      if (this.wasOpen) this.gap();
      this.wasOpen = true;
    };
    source.onerror = () => this.failed(source);
    source.addEventListener("lost", () => this.gap());
  }

  private hear(name: string): void {
    if (this.names.has(name) || this.source === undefined) return;
    this.names.add(name);
    this.source.addEventListener(name, (event) => this.take((event as MessageEvent<string>).data));
  }

  /** The browser's own retry knows neither back-off nor refusals, so each failure closes and tries again here. */
  private failed(source: EventSource): void {
    if (source !== this.source) return;
    source.close();
    this.source = undefined;
    this.become("lost");
    const wait = Math.min(MOST_MS, FIRST_MS * 2 ** this.failures++);
    this.wiring.later(() => this.connect(), wait * (0.5 + this.wiring.random() / 2));
  }

  private take(text: string): void {
    if (this.pending.length >= PENDING) {
      this.pending = [];
      this.overflowed = true;
    }
    this.pending.push(text);
    if (this.scheduled) return;
    this.scheduled = true;
    this.wiring.schedule(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    const events = this.pending.map((text) => JSON.parse(text) as LiveEvent);
    this.pending = [];
    for (const { names, onEvents } of this.listeners) {
      const wanted = events.filter(({ name }) => names.includes(name));
      if (wanted.length > 0) onEvents(wanted);
    }
    if (this.overflowed) {
      this.overflowed = false;
      this.gap();
    }
  }

  private gap(): void {
    for (const { onGap } of this.listeners) onGap?.();
  }

  private become(state: Connection): void {
    this.state = state;
    this.watchers.forEach((watcher) => watcher());
  }

  private close(): void {
    this.source?.close();
    this.source = undefined;
    this.wasOpen = false;
    this.failures = 0;
    this.become("connecting");
  }
}
