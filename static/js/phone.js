// On a phone: the worker that answers without a network, and the number on the app's icon.

const worker = document.getElementById("phone").dataset.worker;
navigator.serviceWorker?.register(worker).catch(() => {}); // a browser may forbid it: everything works without

const places = document.querySelector(".topbar");

function count() {
  const unread = Number(document.querySelector("#unread-count")?.dataset.n ?? 0);
  const told = unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
  told?.catch(() => {}); // only an installed app has an icon
}

if (places) {
  count();
  new MutationObserver(count).observe(places, { childList: true, subtree: true });
}
