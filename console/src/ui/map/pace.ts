/** Moves of a map stay smooth on machines without a graphics card: drawn coarser until they end. */
import type { Map } from "maplibre-gl";

/** ms between two frames from which on a move looks jerky. */
const SLOW = 30;
/** So many of the last frames are looked at. */
const LOOKED_AT = 6;
/** So many frames without a slow one among them, before a move is tried finer again. */
const PATIENCE = 60;
/** Shares of the screen's own resolution, in each direction. */
const FINENESS = [1, 0.5, 0.34] as const;
/** ms of rest after which all is drawn sharp again. */
const REST = 160;

/** From the times between frames, how fine to draw. */
export class Pace {
  private gaps: number[] = [];
  private step = 0;
  private fast = 0;
  private patience = PATIENCE;

  get fineness(): number {
    return FINENESS[this.step]!;
  }

  /** ms between two frames of one move. */
  took(gap: number): void {
    this.gaps.push(gap);
    if (this.gaps.length < LOOKED_AT) return;
    const slow = this.gaps.filter((one) => one > SLOW).length;
    this.gaps = [];
    this.fast = slow === 0 ? this.fast + LOOKED_AT : 0;
    if (slow > LOOKED_AT / 2) this.step = Math.min(this.step + 1, FINENESS.length - 1);
  }

  /** A move begins: after many fast frames it is tried finer again, each time after twice as many. */
  begin(): void {
    if (this.step === 0 || this.fast < this.patience) return;
    this.step--;
    this.fast = 0;
    this.patience *= 2;
  }
}

/** Follows a map until it is removed. What was learnt is kept: a slow machine's next move begins coarse. */
export function keepPace(map: Map, pace: Pace = shared): () => void {
  let last = 0;
  let moving = false;
  let resting: ReturnType<typeof setTimeout> | undefined;
  const draw = (fineness: number): void => {
    const ratio = globalThis.devicePixelRatio * fineness;
    if (map.getPixelRatio() === ratio) return;
    // `setPixelRatio` would end the drag, and be told as a move
    map._overridePixelRatio = fineness === 1 ? null : ratio;
    map._resizeInternal();
    map.triggerRepaint();
  };
  const start = (): void => {
    clearTimeout(resting);
    if (!moving) pace.begin();
    moving = true;
    last = 0;
  };
  // told before the frame is drawn: a canvas of another size is empty
  const move = (): void => {
    if (moving) draw(pace.fineness);
  };
  const render = (): void => {
    const now = performance.now();
    if (moving && last > 0) pace.took(now - last);
    last = now;
  };
  const end = (): void => {
    moving = false;
    clearTimeout(resting);
    resting = setTimeout(() => draw(1), REST);
  };
  const heard = [
    map.on("movestart", start),
    map.on("move", move),
    map.on("render", render),
    map.on("moveend", end),
  ];
  return () => {
    clearTimeout(resting);
    heard.forEach((one) => one.unsubscribe());
  };
}

const shared = new Pace();
