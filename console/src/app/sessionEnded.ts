/** That the session ended while somebody was at work. */
let ended = false;
/** Steps that wait on this device, and are sent once their person is signed in again. */
let kept = 0;
const listeners = new Set<() => void>();

function set(now: boolean): void {
  if (ended === now) return;
  ended = now;
  listeners.forEach((listener) => listener());
}

export const sessionEnded = {
  tell: () => set(true),
  dismiss: () => set(false),
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  now: () => ended,
  keep: (count: number) => {
    if (kept === count) return;
    kept = count;
    listeners.forEach((listener) => listener());
  },
  kept: () => kept,
};
