// What a page gains by script: toasts that leave, a link that is looked at as it is
// pasted, sheets instead of pages, and a live stream that finds its way back. Without it every journey still works.

// --- toasts

const toasts = document.getElementById("toasts");
const linger = { good: 7000, bad: 15000 };

function leave(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000, toast);
  else toast.remove();
}

new MutationObserver((changes) => {
  for (const toast of changes.flatMap((change) => [...change.addedNodes])) {
    if (toast.nodeType === Node.ELEMENT_NODE) setTimeout(leave, linger[toast.matches(".bad") ? "bad" : "good"], toast);
  }
}).observe(toasts, { childList: true });

function tellNoAnswer() {
  if (toasts.querySelector("[data-no-answer]")) return;
  const toast = document.getElementById("no-answer").content.firstElementChild.cloneNode(true);
  toast.dataset.noAnswer = "";
  toasts.append(toast);
}

// --- the box at the top

const box = document.getElementById("ask-link");

box?.addEventListener("paste", (event) => {
  const pasted = event.clipboardData?.getData("text/plain").trim() ?? "";
  if ((pasted.match(/https?:\/\/\S+/gi) ?? []).length > 1) {
    event.preventDefault();
    box.value = pasted.replace(/\s+/g, " ");
    box.form.requestSubmit();
    return;
  }
  setTimeout(() => {
    if (/^\s*https?:\/\/\S+\s*$/i.test(box.value)) box.form.requestSubmit();
  });
});

function clearAnswers() {
  document.getElementById("answers").replaceChildren();
}

// a title is looked for while it is typed: after a pause, and instead of what was looked for before

const typing = { pause: 250, timer: 0, address: /^\s*(https?|www\b)|:\/\//i };

document.addEventListener("input", ({ target }) => {
  if (target.id !== "ask-link") return;
  clearTimeout(typing.timer);
  if (!target.value.trim()) clearAnswers();
  else if (!typing.address.test(target.value)) {
    typing.timer = setTimeout(() => target.dispatchEvent(new Event("title")), typing.pause);
  }
});

document.addEventListener("submit", () => clearTimeout(typing.timer));

document.addEventListener("htmx:before:request", (event) => {
  if (event.detail.ctx.sourceElement.id === "ask") clearAnswers();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest("#ask, #answers")) clearAnswers();
});

document.addEventListener("keydown", (event) => {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key !== "/" || !plain || event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
  event.preventDefault();
  box?.focus();
  box?.select();
});

// --- the chip of this page, in a row that may be longer than the screen

for (const chip of document.querySelectorAll(".chips > [aria-current]")) chip.scrollIntoView({ inline: "center", block: "nearest" });

// --- moving on to another page before the last one has faded is no fault to tell of

for (const moment of ["pageswap", "pagereveal"]) {
  addEventListener(moment, ({ viewTransition: fading }) => {
    for (const ending of fading ? [fading.ready, fading.updateCallbackDone, fading.finished] : []) ending.catch(() => {});
  });
}

// --- menus, sheets, copying

const knowsPopovers = "popover" in HTMLElement.prototype;
if (!knowsPopovers) document.documentElement.dataset.popovers = "none";

document.addEventListener("click", (event) => {
  const menu = event.target.closest("[popover]");
  const opener = event.target.closest("[popovertarget]");
  if (knowsPopovers) {
    if (menu && event.target.closest(".item")) menu.hidePopover?.();
  } else {
    const wanted = opener && document.getElementById(opener.getAttribute("popovertarget"));
    for (const open of document.querySelectorAll("[popover].open")) if (open !== wanted) open.classList.remove("open");
    wanted?.classList.toggle("open");
  }
});

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else document.execCommand("copy");
    button.lastChild.textContent = button.dataset.done;
  });
}

function openSheets() {
  for (const sheet of document.querySelectorAll("dialog[data-sheet]:not([open])")) {
    const opener = document.activeElement;
    sheet.addEventListener("close", () => {
      sheet.remove();
      focusAgain(opener);
    });
    sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
    sheet.showModal();
  }
}

// --- updates: focus stays where it was, even if its row moves to another list

let focused = null;

function focusAgain(lost) {
  if (!lost || lost.isConnected || document.activeElement !== document.body) return;
  const again = [lost.id, lost.id.replace(/^quick-/, "more-"), "main"].filter(Boolean);
  document.getElementById(again.find((id) => document.getElementById(id)))?.focus({ preventScroll: true });
}

document.addEventListener("htmx:before:swap", () => {
  focused = document.activeElement;
});

document.addEventListener("htmx:after:swap", () => {
  openSheets();
  focusAgain(focused);
});

document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  if (response.status < 400) sourceElement.closest("dialog[data-sheet]")?.close();
});

// --- the order of the queue: a row is carried by its grip, or moved by Alt and an arrow; the menu has both, too

let carried = null;
let drop = null;

function markDrop(row, side) {
  drop?.row.classList.remove("drop-before", "drop-behind");
  drop = row && row !== carried ? { row, side } : null;
  drop?.row.classList.add(`drop-${side}`);
}

function letGo() {
  carried?.classList.remove("carried");
  markDrop(null);
  carried = null;
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest(".grip");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  carried = grip.closest(".job");
  carried.classList.add("carried");
});

document.addEventListener("pointermove", (event) => {
  if (!carried) return;
  const row = document.elementFromPoint(event.clientX, event.clientY)?.closest("#queue-waiting > .job");
  const box = row?.getBoundingClientRect();
  markDrop(row, box && event.clientY > box.top + box.height / 2 ? "behind" : "before");
});

document.addEventListener("pointerup", () => {
  if (carried && drop) {
    const values = { beside: drop.row.id.replace("download-", ""), side: drop.side };
    window.htmx.ajax("POST", carried.dataset.move, { source: carried, swap: "none", values });
  }
  letGo();
});

document.addEventListener("pointercancel", letGo);

document.addEventListener("keydown", (event) => {
  const way = { ArrowUp: "up", ArrowDown: "down", Home: "first" }[event.key];
  if (!event.altKey || !way) return;
  const button = event.target.closest(".job")?.querySelector(`[data-act="${way}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// --- looking through a list: the address says what for, and the days are the reader's

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of document.querySelectorAll("[data-zone]")) field.value = zone;

document.addEventListener("htmx:after:swap", () => {
  const shown = document.querySelector("[data-address]");
  if (shown) history.replaceState(null, "", shown.dataset.address);
});

// --- the live stream

const live = document.getElementById("live");
let pause = 1000;

function reconnect() {
  setTimeout(() => window.htmx.trigger(live, "reconnect"), pause * (0.7 + 0.6 * Math.random()));
  pause = Math.min(pause * 2, 60000);
}

live?.addEventListener("htmx:sse:after:connection", () => {
  pause = 1000;
  toasts.querySelector("[data-no-answer]")?.remove();
});
live?.addEventListener("htmx:sse:close", (event) => {
  if (event.detail.reason === "ended") reconnect();
});
live?.addEventListener("reset", () => location.reload());

document.addEventListener("htmx:error", (event) => {
  const ctx = event.detail.ctx;
  if (!ctx || ctx.response) return;
  tellNoAnswer();
  if (ctx.sourceElement === live) reconnect();
});

live?.addEventListener("htmx:response:error", reconnect);

// htmx begins as soon as it can, which may be before its extension is there; then the stream is still to be opened
setTimeout(() => {
  if (live && !live.dataset.htmxPowered) window.htmx.process(live);
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// --- on a phone: the worker that answers without a network, and the number on the app's icon

const { worker } = document.getElementById("app").dataset;
navigator.serviceWorker?.register(worker).catch(() => {}); // a browser may forbid it: everything works without
navigator.serviceWorker?.ready.then(({ active }) => active.postMessage({ language: document.documentElement.lang }));

const topbar = document.querySelector(".topbar");

function count() {
  const unread = Number(document.querySelector("#unread-count")?.dataset.n ?? 0);
  const told = unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
  told?.catch(() => {}); // only an installed app has an icon
}

if (topbar) {
  count();
  new MutationObserver(count).observe(topbar, { childList: true, subtree: true });
}
