/** The service worker of the store's pages: it lets them open without a network, and brings new versions. */
import { useEffect, useSyncExternalStore } from "react";

const FILE = "/store-worker.js";
const SCOPE = "/store";
const EVERY_MS = 15 * 60_000;

let ready = false;
const listeners = new Set<() => void>();

let started = false;

/** Register once. A page that is opened anew gets the new version by itself; one that stays open is told of it. */
async function start(): Promise<void> {
  const workers = (globalThis.navigator as Partial<Navigator>).serviceWorker;
  if (started || workers === undefined || import.meta.env.DEV) return;
  started = true;
  try {
    const registration = await workers.register(FILE, { scope: SCOPE });
    let first = registration.active === null; // what is kept for the first time is no news
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker?.addEventListener("statechange", () => {
        if (worker.state !== "activated") return;
        ready = !first;
        first = false;
        listeners.forEach((listener) => listener());
      });
    });
    const look = () => void registration.update().catch(() => undefined);
    setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) look();
    });
  } catch {
    // without it everything works but opening the page offline
  }
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** What loads the new version, or null while there is none. */
export function useUpdate(): (() => void) | null {
  useEffect(() => void start(), []);
  const there = useSyncExternalStore(subscribe, () => ready);
  return there ? () => location.reload() : null;
}
