// Keeps the frame of the portal, and a page to show where there is no network, in the language of who reads: nothing
// else of anybody is kept.
// Shows what is pushed while no page is open.

const frame = `frame ${registration.scope}`;
const offline = new URL("offline", registration.scope).href;
const kept = new RegExp(`^${new URL("static/", registration.scope).href.replace(/[.?]/g, "\\$&")}.*[?]v=`);

async function fill() {
  const page = await fetch(offline, { credentials: "same-origin", cache: "reload" });
  if (!page.ok) return;
  const parts = [...(await page.clone().text()).matchAll(/(?:href|src)="([^"]+[?]v=[^"]+)"/g)];
  const cache = await caches.open(frame);
  const wanted = new Set(parts.map(([, address]) => new URL(address, offline).href));
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
  await cache.addAll([...wanted]);
  await cache.put(offline, page);
}

async function follow(language) {
  const kept = await caches.match(offline);
  const [, spoken] = (await kept?.text())?.match(/<html lang="([^"]+)"/) ?? [];
  if (spoken !== language) await fill();
}

// each page says which language it is in: another one since it was chosen, and since somebody signed out
self.addEventListener("message", (event) => event.waitUntil(follow(event.data.language).catch(() => {})));
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

// --- what is pushed: what has the same tag takes the last one's place, and what comes twice is there once, and quiet

const at = (path) => new URL(path.replace(/^\//, ""), registration.scope).href;

async function tell({ key, title, body, path, tag, unread, at: timestamp, lang, dir, acts }) {
  const there = await registration.getNotifications({ tag });
  const again = there.some(({ data }) => data?.key === key);
  const told = unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
  await told?.catch(() => {}); // only an installed app has an icon
  await registration.showNotification(title, {
    body, tag, timestamp, lang, dir,
    renotify: !again, silent: again || undefined,
    icon: at("static/icons/icon-192.png"), badge: at("static/icons/badge-96.png"),
    data: { key, path, urls: acts.map(({ url }) => url) },
    actions: acts.map(({ label }, n) => ({ action: `${n}`, title: label })),
  });
}

async function open(address) {
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const ours = address.startsWith(registration.scope) && windows.find(({ url }) => url.startsWith(registration.scope));
  if (!ours) return clients.openWindow(address);
  await ours.focus();
  return ours.url === address ? ours : ours.navigate(address).catch(() => clients.openWindow(address));
}

self.addEventListener("push", (event) => event.waitUntil(tell(event.data.json())));

self.addEventListener("notificationclick", (event) => {
  const { path, urls } = event.notification.data;
  event.notification.close();
  event.waitUntil(open(urls[event.action] ?? at(path)));
});

// --- another subscription: the portal is told, where somebody is still signed in; its page has all that this takes

async function renew({ newSubscription }) {
  const page = await (await fetch(at("account/notifications"))).text();
  const [, token] = page.match(/name="csrf-token" content="([^"]+)"/) ?? [];
  const [, applicationServerKey] = page.match(/data-key="([^"]+)"/) ?? [];
  if (!token || !applicationServerKey) return;
  const made = newSubscription ?? (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
  const { endpoint, keys } = made.toJSON();
  const body = new URLSearchParams({ endpoint, ...keys });
  await fetch(at("account/channels/push"), { method: "POST", headers: { "X-CSRF-Token": token }, body });
}

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
