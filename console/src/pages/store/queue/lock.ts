/** One tab sends at a time: by Web Locks, or where they are missing (plain http), by a lease in localStorage. */
import { newKey } from "@/api/client";
import type { Lock } from "@/pages/store/queue/sender";

const NAME = "manystores-store-queue";
const LEASE_MS = 15_000;

export const oneTab: Lock = async (work) => {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (locks !== undefined) {
    await locks.request(NAME, work);
    return;
  }
  await withLease(work);
};

interface Lease {
  holder: string;
  until: number;
}

const me = newKey();

/** Not as strict as a lock: should two tabs send at once all the same, the Idempotency-Key makes one of them harmless. */
async function withLease(work: () => Promise<void>): Promise<void> {
  if (!take()) return;
  const renew = setInterval(take, LEASE_MS / 3);
  try {
    await work();
  } finally {
    clearInterval(renew);
    if (read()?.holder === me) localStorage.removeItem(NAME);
  }
}

function take(): boolean {
  const held = read();
  if (held !== null && held.holder !== me && held.until > Date.now()) return false;
  try {
    localStorage.setItem(NAME, JSON.stringify({ holder: me, until: Date.now() + LEASE_MS } satisfies Lease));
  } catch {
    return true; // no storage, so no other tab shares the queue
  }
  return read()?.holder === me;
}

function read(): Lease | null {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "null") as Lease | null;
  } catch {
    return null;
  }
}
