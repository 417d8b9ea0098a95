// Keeps the last page of a trip and what it needs to look right, for when there is no signal. Presses are kept by the page.
const KEPT = "driver-1";
const WAIT = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function fromKept(request) {
  const kept = await (await caches.open(KEPT)).match(request, { ignoreVary: true });
  if (!kept) return undefined;
  const headers = new Headers(kept.headers);
  headers.set("X-Kept", "1");
  return new Response(await kept.blob(), { status: kept.status, headers });
}
async function fresh(request) {
  const answer = await fetch(request, { signal: AbortSignal.timeout(WAIT) });
  const cache = await caches.open(KEPT);
  if (answer.ok) await cache.put(request, answer.clone());
  else if (answer.status === 404 || answer.status === 410) await cache.delete(request, { ignoreVary: true });
  return answer;
}
self.addEventListener("fetch", (event) => {
  const request = event.request;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET" || !(path.startsWith("/d/") || path.startsWith("/static/"))) return;
  event.respondWith(fresh(request).catch(async () => (await fromKept(request)) || Response.error()));
});
