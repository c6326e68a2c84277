import { describe, expect, it } from "vitest";
import { LiveStream, type LiveEvent, type Wiring } from "@/ui/stream";

class Source extends EventTarget {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  close(): void {
    this.closed = true;
  }
  tell(name: string, sequence: string): void {
    const event: LiveEvent = { name, at: "2026-11-11T00:00:00Z", sequence, data: null };
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(event) }));
  }
}

/** A stream whose connections, frames and waits are taken one by one. */
function wired() {
  const sources: Source[] = [];
  const frames: (() => void)[] = [];
  const waits: { call: () => void; ms: number }[] = [];
  const wiring: Wiring = {
    open: () => {
      const source = new Source();
      sources.push(source);
      return source as unknown as EventSource;
    },
    schedule: (call) => frames.push(call),
    later: (call, ms) => waits.push({ call, ms }),
    random: () => 1,
  };
  const stream = new LiveStream("/v1/stream", wiring);
  const open = (): Source[] => sources.filter(({ closed }) => !closed);
  const last = (): Source => sources.at(-1)!;
  const draw = (): void => frames.splice(0).forEach((call) => call());
  const wait = (): number => {
    const next = waits.shift();
    next?.call();
    return next?.ms ?? -1;
  };
  return { stream, sources, frames, open, last, draw, wait };
}

function listener(...names: string[]) {
  const batches: string[][] = [];
  let gaps = 0;
  return {
    batches,
    gaps: () => gaps,
    names,
    onEvents: (events: LiveEvent[]) => void batches.push(events.map(({ sequence }) => sequence)),
    onGap: () => void (gaps += 1),
  };
}

describe("the live stream", () => {
  it("hands a frame's events on at once, to each what it asked for", () => {
    const { stream, frames, last, draw } = wired();
    const [placed, both] = [listener("order.placed"), listener("order.placed", "order.cancelled")];
    stream.listen(placed);
    stream.listen(both);
    last().tell("order.placed", "1-0");
    last().tell("order.cancelled", "1-1");
    last().tell("order.placed", "2-0");
    expect([frames.length, placed.batches]).toEqual([1, []]);
    draw();
    expect(placed.batches).toEqual([["1-0", "2-0"]]);
    expect(both.batches).toEqual([["1-0", "1-1", "2-0"]]);
  });

  it("hears a name once, however many ask for it", () => {
    const { stream, last, draw } = wired();
    const [one, two] = [listener("order.placed"), listener("order.placed")];
    stream.listen(one);
    stream.listen(two);
    last().tell("order.placed", "1-0");
    draw();
    expect([one.batches, two.batches]).toEqual([[["1-0"]], [["1-0"]]]);
  });

  it("comes back by itself, ever more slowly, and tells of the gap", () => {
    const { stream, last, wait, open } = wired();
    const one = listener("order.placed");
    stream.listen(one);
    last().onopen?.();
    expect([stream.state, one.gaps()]).toEqual(["open", 0]);
    const waits = Array.from({ length: 8 }, () => {
      last().onerror?.();
      expect([stream.state, open().length]).toEqual(["lost", 0]);
      return wait();
    });
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    last().onopen?.();
    expect([stream.state, one.gaps()]).toEqual(["open", 1]);
    last().onerror?.();
    expect(wait()).toBe(500);
  });

  it("has one connection when who listened left and came back before the next try", () => {
    const { stream, last, wait, open, draw } = wired();
    const stop = stream.listen(listener("order.placed"));
    last().onerror?.();
    stop();
    const back = listener("order.placed");
    stream.listen(back);
    expect(open().length).toBe(1);
    wait();
    expect(open().length).toBe(1);
    open()[0]?.tell("order.placed", "1-0");
    draw();
    expect(back.batches).toEqual([["1-0"]]);
  });

  it("is closed when nobody listens, and makes no new try", () => {
    const { stream, sources, last, wait, open } = wired();
    const stop = stream.listen(listener("order.placed"));
    last().onerror?.();
    stop();
    wait();
    expect([open().length, sources.length, stream.state]).toEqual([0, 1, "connecting"]);
  });

  it("tells of a gap when the server dropped events, or too many came for one frame", () => {
    const { stream, last, draw } = wired();
    const one = listener("order.placed");
    stream.listen(one);
    last().onopen?.();
    last().dispatchEvent(new MessageEvent("lost", { data: '{"events":3}' }));
    expect(one.gaps()).toBe(1);
    for (let n = 0; n <= 20_000; n++) last().tell("order.placed", `1-${n}`);
    draw();
    expect([one.gaps(), one.batches]).toEqual([2, [["1-20000"]]]);
  });
});
