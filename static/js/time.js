// "3 min ago" and "updated 4 s ago", counted by the browser. The same words as ecsdash/web/formatting.py.
const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
const opened = Date.now();

function ago(seconds) {
  if (Math.abs(seconds) < 2) return "just now";
  const [size, unit] = UNITS.find(([each]) => Math.abs(seconds) >= each);
  const amount = `${Math.floor(Math.abs(seconds) / size)} ${unit}`;
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function showAges() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-ago]")) {
    say(time, ago(Math.trunc((now - Date.parse(time.dateTime)) / 1000)));
  }
  for (const age of document.querySelectorAll("[data-live-age]")) {
    const section = age.closest("[data-live][hx-trigger]");
    say(age, section ? `updated ${ago(Math.trunc((now - (section.liveAt ?? opened)) / 1000))}` : "");
  }
}

showAges();
setInterval(() => document.hidden || showAges(), 1000);
