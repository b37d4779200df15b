// Keeps the frame of the portal, and a page to show where there is no network. Nothing of anybody is kept.

const frame = `frame ${registration.scope}`;
const offline = new URL("offline", registration.scope).href;
const kept = new RegExp(`^${new URL("static/", registration.scope).href.replace(/[.?]/g, "\\$&")}.*[?]v=`);

async function fill() {
  const page = await fetch(offline, { credentials: "omit", cache: "reload" });
  const parts = [...(await page.clone().text()).matchAll(/(?:href|src)="([^"]+[?]v=[^"]+)"/g)];
  const cache = await caches.open(frame);
  const wanted = new Set(parts.map(([, address]) => new URL(address, offline).href));
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
  await cache.addAll([...wanted]);
  await cache.put(offline, page);
}

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(offline)));
  } else if (kept.test(request.url)) {
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  }
});
