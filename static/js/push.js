// Whether this browser is told while no page is open, what is missing for that, and the button that has it told.
// It asks for nothing before the button is pressed.

const card = document.getElementById("push");
const { key, path, here } = card.dataset;
const { worker } = document.getElementById("app").dataset;

function show(state, said = "") {
  for (const part of card.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  document.getElementById("push-said").textContent = said;
}

function isApplesTab() {
  const { userAgent, platform, maxTouchPoints, standalone } = navigator;
  return (/iP(hone|ad|od)/.test(userAgent) || (platform === "MacIntel" && maxTouchPoints > 1)) && !standalone;
}

function standing() {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    return isApplesTab() ? "ios" : "unsupported";
  }
  if (Notification.permission === "denied") return "denied";
  if (here === undefined) return "off";
  return Notification.permission === "granted" ? "on" : "lost";
}

const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

async function subscribed() {
  await navigator.serviceWorker.register(worker); // says why, where a browser forbids it
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  if (before && text(before.options.applicationServerKey) !== key) await before.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return show(standing());
  try {
    const { endpoint, keys } = (await subscribed()).toJSON();
    window.htmx.ajax("POST", path, { source: card, swap: "none", values: { endpoint, ...keys } });
  } catch ({ message }) {
    show("failed", message);
  }
}

async function look() {
  const registration = await navigator.serviceWorker.getRegistration();
  if (!(await registration?.pushManager.getSubscription())) show("lost");
}

document.getElementById("push-on").addEventListener("click", turnOn);
show(standing());
if (standing() === "on") look();
