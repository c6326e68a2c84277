/** What a change will make of a record's counters, from the numbers that are shown: the ledger decides when it comes. */
export interface Counters {
  on_hand: number;
  reserved: number;
  unavailable: number;
  incoming: number;
  available: number;
}

export const COUNTERS = ["on_hand", "reserved", "unavailable", "incoming", "available"] as const;
export type Counter = (typeof COUNTERS)[number];

export const CHANGES = [
  "receive",
  "adjust",
  "set_aside",
  "put_back",
  "write_off",
  "announce",
  "arrive",
] as const;
export type Change = (typeof CHANGES)[number];

export const NOTHING: Counters = { on_hand: 0, reserved: 0, unavailable: 0, incoming: 0, available: 0 };

const summed = (counters: Omit<Counters, "available">): Counters => ({
  ...counters,
  available: counters.on_hand - counters.reserved - counters.unavailable,
});

export const afterCount = (now: Counters, onHand: number): Counters => summed({ ...now, on_hand: onHand });

export function afterChange(now: Counters, change: Change, quantity: number): Counters {
  const on: Partial<Record<Change, number>> = { receive: 1, adjust: 1, arrive: 1, write_off: -1 };
  const aside: Partial<Record<Change, number>> = { set_aside: 1, put_back: -1 };
  const coming: Partial<Record<Change, number>> = { announce: 1, arrive: -1 };
  return summed({
    ...now,
    on_hand: now.on_hand + (on[change] ?? 0) * quantity,
    unavailable: now.unavailable + (aside[change] ?? 0) * quantity,
    incoming: now.incoming + (coming[change] ?? 0) * quantity,
  });
}

/** The widths of the bar of what is on hand, in percent; units that are promised and missing stand beyond its end. */
export function shares(
  now: Counters,
): { key: "available" | "reserved" | "unavailable" | "missing"; share: number }[] {
  const missing = Math.max(-now.available, 0);
  const whole = Math.max(now.on_hand, now.reserved + now.unavailable, 1);
  const there = Math.max(now.reserved - missing, 0);
  const parts = [
    { key: "available", share: Math.max(now.available, 0) },
    { key: "reserved", share: there },
    { key: "unavailable", share: now.unavailable - Math.max(missing - now.reserved, 0) },
    { key: "missing", share: missing },
  ] as const;
  return parts
    .filter(({ share }) => share > 0)
    .map(({ key, share }) => ({ key, share: (100 * share) / whole }));
}
