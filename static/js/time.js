// Updates "3 min ago", "3 min 20 s" and "updated 4 s ago" every second. Same texts as ecsdash/web/formatting.py.
const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
const pageOpenedAt = Date.now();

function ago(seconds) {
  if (Math.abs(seconds) < 2) return "just now";
  const [size, unit] = UNITS.find(([each]) => Math.abs(seconds) >= each);
  const amount = `${Math.floor(Math.abs(seconds) / size)} ${unit}`;
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

// At most two units, without zeros.
function elapsed(seconds) {
  const counts = [];
  let remaining = Math.max(0, seconds);
  for (const [size, unit] of UNITS) {
    const count = Math.floor(remaining / size);
    remaining %= size;
    if (count || counts.length) counts.push(count ? `${count} ${unit}` : "");
    if (counts.length === 2) break;
  }
  return counts.filter(Boolean).join(" ") || "0 s";
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function showAges() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-ago]")) {
    setText(time, ago(Math.trunc((now - Date.parse(time.dateTime)) / 1000)));
  }
  for (const time of document.querySelectorAll("time[data-elapsed]")) {
    setText(time, elapsed(Math.trunc((now - Date.parse(time.dateTime)) / 1000)));
  }
  for (const age of document.querySelectorAll("[data-live-age]")) {
    const section = age.closest("[data-live][hx-trigger]");
    setText(age, section ? `updated ${ago(Math.trunc((now - (section.liveAt ?? pageOpenedAt)) / 1000))}` : "");
  }
}

showAges();
setInterval(() => document.hidden || showAges(), 1000);
