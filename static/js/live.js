// Live sections: no polls while the tab is hidden, longer intervals after errors. An update keeps open elements open and
// does not move the row under the pointer.
import { showAges } from "./time.js";

const MAX_PAUSE = 60_000;
const UNAVAILABLE_PAUSE = 5_000; // after status 503: the database is expected back soon
const REASONS = { 404: "This page no longer exists.", 503: "The database of the dashboard is not available." };
const JITTER = 0.1; // as in ecsdash.web.polling.fragments
const failures = new Map(); // section id -> { count, until }
const errorBox = () => document.getElementById("connection-error");
const isPoll = (ctx) => ctx.sourceEvent?.type === "every";
const formToken = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (!isPoll(ctx)) return;
  const failed = failures.get(ctx.sourceElement.id);
  const paused = ctx.sourceElement.querySelector("[data-paused]");
  if (document.hidden || paused || (failed && Date.now() < failed.until)) event.preventDefault();
  ctx.request.action = withPageParameters(ctx.request.action);
  const tag = ctx.sourceElement.liveTag ?? ctx.sourceElement.dataset.tag;
  if (tag && !ctx.sourceElement.isHeld) ctx.request.headers["HX-PTag"] = tag; // held: request the section again to get the true order
});

// A filter, sort order or page chosen since the last update is in the URL of the page, but not yet in that of the section.
function withPageParameters(action) {
  const polled = new URL(action, location);
  const shown = new URLSearchParams(location.search);
  const fragment = polled.searchParams.get("fragment");
  polled.searchParams.delete("fragment");
  if (!fragment || polled.pathname !== location.pathname || `${polled.searchParams}` === `${shown}`) return action;
  shown.set("fragment", fragment);
  return `${polled.pathname}?${shown}`;
}

// When the tab becomes visible again: poll at once.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const section of document.querySelectorAll("[data-live][hx-trigger]")) window.htmx?.trigger(section, "every");
});

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (!isPoll(ctx)) return;
  const { raw, status } = ctx.response;
  if (raw.redirected || status === 401 || status === 403) {
    event.preventDefault();
    location.reload(); // signed out or no longer allowed: the server responds with the right page
  } else if (status >= 400) {
    event.preventDefault();
    const most = status === 503 ? UNAVAILABLE_PAUSE : MAX_PAUSE;
    failed(ctx.sourceElement, REASONS[status] ?? "The dashboard returned an error.", most);
  } else {
    succeeded(ctx.sourceElement);
  }
});

document.addEventListener("htmx:error", (event) => {
  const ctx = event.detail?.ctx;
  if (ctx && isPoll(ctx) && !ctx.response) failed(ctx.sourceElement, "The dashboard cannot be reached.");
});

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (!isPoll(ctx)) return;
  const section = ctx.sourceElement;
  section.liveTag = ctx.response.headers.get("HX-PTag") ?? section.liveTag;
  if (ctx.response.status !== 200) return;
  section.isHeld = false;
  if (section.querySelector("tbody:hover")) ctx.text = holdOrder(section, ctx.text);
});

// A section is rendered once for many viewers: its forms get the token of this page.
document.addEventListener("htmx:after:swap", () => {
  for (const input of document.querySelectorAll("[data-live] [name=csrfmiddlewaretoken]")) input.value = formToken();
});

document.addEventListener("htmx:after:settle", () => showAges());

function failed(section, reason, most = MAX_PAUSE) {
  const count = (failures.get(section.id)?.count ?? 0) + 1;
  const pause = Math.min(most, Number(section.dataset.live) * 1000 * 2 ** (count - 1));
  failures.set(section.id, { count, until: Date.now() + pause });
  const box = errorBox();
  if (!box) return;
  box.textContent = `${reason} This page may be out of date. Next try in ${Math.round(pause / 1000)} s.`;
  box.hidden = false;
}

function succeeded(section) {
  section.liveAt = Date.now();
  failures.delete(section.id);
  const box = errorBox();
  if (box && failures.size === 0) box.hidden = true;
  showAges();
}

// Keeps the order of known rows while the pointer is on one of them.
function holdOrder(section, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const body of section.querySelectorAll("tbody:hover")) {
    const name = body.closest("[data-table]")?.dataset.table;
    const fresh = name && page.querySelector(`[data-table="${CSS.escape(name)}"] tbody`);
    if (!fresh) continue;
    const place = new Map([...body.rows].map((row, index) => [row.id, index]));
    const before = [...fresh.rows];
    const held = before.toSorted((a, b) => (place.get(a.id) ?? Infinity) - (place.get(b.id) ?? Infinity) || 0);
    if (held.every((row, index) => row === before[index])) continue;
    fresh.append(...held);
    section.isHeld = true;
  }
  return page.body.innerHTML;
}

// An update keeps open elements open and keeps what belongs to the page: form tokens, and the poll interval, which
// varies by JITTER from page to page.
const KEPT = { DETAILS: ["open"], DIALOG: ["open"] };
const intervalOf = (trigger) => Number(/^every (\d+)ms$/.exec(trigger)?.[1]);
window.htmx?.registerExtension("kit", {
  htmx_before_morph_attr: (element, { attrName, newValue }) => {
    if (attrName === "value" && element.name === "csrfmiddlewaretoken") return false;
    if (attrName === "hx-trigger" && newValue) {
      return !(Math.abs(intervalOf(element.getAttribute(attrName)) / intervalOf(newValue) - 1) <= JITTER);
    }
    return !KEPT[element.tagName]?.includes(attrName);
  },
});
