/**
 * Keeps the scanner's page: everything that it needs, fetched once, given without a network.
 *
 * What it keeps is named by what it holds, so a page and its parts always belong together.
 */

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const worker = self as unknown as WorkerScope;

/** Written while building: the page's parts, and a name for exactly these. */
declare const SCAN_SHELL: { name: string; files: string[] };

const PAGE = "/scan.html";
const PREFIX = "gatehouse-scan ";
const cacheName = PREFIX + SCAN_SHELL.name;

async function fill(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll(SCAN_SHELL.files.map((path) => new Request(path, { cache: "no-cache" })));
}

async function clear(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== cacheName).map((name) => caches.delete(name)),
  );
  await worker.clients.claim();
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(path)) ?? fetch(request);
}

worker.addEventListener("install", (event) => event.waitUntil(fill()));
worker.addEventListener("activate", (event) => event.waitUntil(clear()));
worker.addEventListener("message", ({ data }) => {
  if (data === "take over") void worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (/^\/scan(\/|$)/.test(pathname)) event.respondWith(kept(PAGE, request));
  } else if (SCAN_SHELL.files.includes(pathname)) {
    event.respondWith(kept(pathname, request));
  }
});
