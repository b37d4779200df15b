// Times in the reader's own language and zone, written before the page is first painted, so that nothing jumps.

const base = document.documentElement.lang;
const spoken = navigator.languages.find((tag) => tag.split("-")[0] === base) ?? base;
// with the digits of all other figures on the page, which some languages would write otherwise
const locale = new Intl.Locale(spoken, { numberingSystem: "latn" });

const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const dayClock = new Intl.DateTimeFormat(locale, { weekday: "short", hour: "numeric", minute: "2-digit" });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const steps = [["second", 60], ["minute", 60], ["hour", 24], ["day", 14], ["week", 9], ["month", Infinity]];

function ago(at) {
  let amount = (at - Date.now()) / 1000;
  if (Math.abs(amount) < 45) return relative.format(0, "second");
  for (const [unit, size] of steps) {
    if (Math.abs(amount) < size) return relative.format(Math.round(amount), unit);
    amount /= unit === "day" ? 7 : unit === "week" ? 4.35 : size;
  }
}

const writers = {
  relative: ago,
  clock: (at) => (at.toDateString() === new Date().toDateString() ? clock : dayClock).format(at),
  moment: (at) => moment.format(at),
};

function writeTimes() {
  for (const time of document.querySelectorAll("time[data-time]")) {
    const at = new Date(time.dateTime);
    const text = writers[time.dataset.time](at);
    if (time.textContent !== text) time.textContent = text;
    time.title ||= moment.format(at);
  }
}

writeTimes();
setInterval(writeTimes, 30000);
document.addEventListener("htmx:after:swap", writeTimes);
