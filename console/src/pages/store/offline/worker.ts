/**
 * The service worker of /store: the pages open without a network. It keeps the console's own files only, never an
 * answer of the API: what is kept of tasks is the page's business, and goes when somebody signs out.
 *
 * Pages are asked of the server first, so that nobody stays on old code who has a network. Files have a hash of what
 * is in them in their names; those of the version before are kept until the next one, for pages that still are open.
 */

interface Waits extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetches extends Waits {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  addEventListener(name: "install" | "activate", listener: (event: Waits) => void): void;
  addEventListener(name: "fetch", listener: (event: Fetches) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

declare const __STORE_FILES__: string[];
declare const __STORE_VERSION__: string;

const worker = globalThis as unknown as Worker;
const PREFIX = "manystores-store-";
const NAME = PREFIX + __STORE_VERSION__;
const PAGE = "/store";
/** How long a page waits for a network that is there but does not answer. */
const PATIENCE_MS = 4_000;

worker.addEventListener("install", (event) => {
  event.waitUntil(install());
});

async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  await cache.addAll(__STORE_FILES__);
  await cache.put(
    PAGE,
    await page(new Request(PAGE, { headers: { accept: "text/html" }, cache: "no-cache" })),
  );
  await worker.skipWaiting();
}

async function page(request: Request): Promise<Response> {
  const answer = await fetch(request);
  if (!answer.ok || answer.redirected) throw new Error(`the page is not there: ${answer.status}`);
  return answer;
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

async function activate(): Promise<void> {
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  // in the order in which they were made: all but the last go
  await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(opened(request));
  else if (/^\/(assets\/|icon\.svg|store\.webmanifest)/.test(url.pathname)) event.respondWith(file(request));
});

async function opened(request: Request): Promise<Response> {
  const kept = async (): Promise<Response> =>
    (await caches.match(PAGE, { cacheName: NAME })) ?? Response.error();
  const late = new Promise<Response>((resolve) => setTimeout(() => void kept().then(resolve), PATIENCE_MS));
  try {
    return await Promise.race([fetch(request), late]);
  } catch {
    return kept();
  }
}

async function file(request: Request): Promise<Response> {
  const known = await caches.match(request, { ignoreVary: true });
  if (known !== undefined) return known;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(NAME)).put(request, answer.clone());
  return answer;
}
