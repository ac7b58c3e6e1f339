// Keeps what the page loads, so that what was chosen once works without a network. Copied as it is: a service
// worker must have one name in all builds, and lie in the folder that it serves.

const { registration, clients, location } = self;
const CACHE = `dropoutkit ${registration.scope}`;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));

/** Of what was loaded before this worker was there. */
self.addEventListener("message", (event) => event.waitUntil(Promise.all(event.data.map(kept))));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(request.mode === "navigate" ? fresh(request) : kept(request));
});

/** The page itself from the network, where there is one. A new build starts a new cache. */
async function fresh(request) {
  const cache = await caches.open(CACHE);
  const old = await cache.match(request, { ignoreSearch: true });
  try {
    const response = await fetch(request);
    if (!response.ok && old !== undefined) return old;
    const isNew = old !== undefined && (await old.text()) !== (await response.clone().text());
    if (isNew) await caches.delete(CACHE);
    return keep(request, response);
  } catch (error) {
    if (old === undefined) throw error;
    return old;
  }
}

/** All else has its content in its name. */
async function kept(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? keep(request, await fetch(request));
}

async function keep(request, response) {
  if (response.ok) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}
