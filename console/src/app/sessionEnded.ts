/** That the session ended while somebody was at work. */
let ended = false;
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
};
