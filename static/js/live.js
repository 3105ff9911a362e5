// Live sections: pause while the tab is hidden, back off on errors, keep what the person opened or points at.
import { showAges } from "./time.js";

const LONGEST_PAUSE = 60_000;
const JITTER = 0.1; // as ecsdash.web.live has it
const failures = new Map(); // section id -> { count, until }
const trouble = () => document.getElementById("trouble");
const isPoll = (ctx) => ctx.sourceEvent?.type === "every";
const formToken = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (!isPoll(ctx)) return;
  const failed = failures.get(ctx.sourceElement.id);
  if (document.hidden || (failed && Date.now() < failed.until)) event.preventDefault();
  ctx.request.action = asShown(ctx.request.action);
  const tag = ctx.sourceElement.liveTag ?? ctx.sourceElement.dataset.tag;
  if (tag && !ctx.sourceElement.isHeld) ctx.request.headers["HX-PTag"] = tag; // held: ask for the true order again
});

// A filter, an order or a page chosen since the section came is in the page's address, not yet in the section's.
function asShown(action) {
  const asked = new URL(action, location);
  const shown = new URLSearchParams(location.search);
  const fragment = asked.searchParams.get("fragment");
  asked.searchParams.delete("fragment");
  if (!fragment || asked.pathname !== location.pathname || `${asked.searchParams}` === `${shown}`) return action;
  shown.set("fragment", fragment);
  return `${asked.pathname}?${shown}`;
}

// Back on the tab: ask at once instead of at the next tick.
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
    location.reload(); // signed out, or no longer allowed: the whole page says so
  } else if (status >= 400) {
    event.preventDefault();
    failed(ctx.sourceElement, status === 404 ? "This is not there any more." : "The dashboard does not answer properly.");
  } else {
    worked(ctx.sourceElement);
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

// A section is rendered for many: the forms in it get this page's token.
document.addEventListener("htmx:after:swap", () => {
  for (const input of document.querySelectorAll("[data-live] [name=csrfmiddlewaretoken]")) input.value = formToken();
});

document.addEventListener("htmx:after:settle", () => showAges());

function failed(section, why) {
  const count = (failures.get(section.id)?.count ?? 0) + 1;
  const pause = Math.min(LONGEST_PAUSE, Number(section.dataset.live) * 1000 * 2 ** (count - 1));
  failures.set(section.id, { count, until: Date.now() + pause });
  const box = trouble();
  if (!box) return;
  box.textContent = `${why} What you see may be old; trying again in ${Math.round(pause / 1000)} s.`;
  box.hidden = false;
}

function worked(section) {
  section.liveAt = Date.now();
  failures.delete(section.id);
  const box = trouble();
  if (box && failures.size === 0) box.hidden = true;
  showAges();
}

// Rows do not change places under the pointer: known rows keep their order until it leaves.
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

// An update does not close what was opened, and leaves what is the page's own: form tokens, and the pause between
// polls, which differs a little from page to page.
const KEPT = { DETAILS: ["open"], DIALOG: ["open"] };
const pauseOf = (trigger) => Number(/^every (\d+)ms$/.exec(trigger)?.[1]);
window.htmx?.registerExtension("kit", {
  htmx_before_morph_attr: (element, { attrName, newValue }) => {
    if (attrName === "value" && element.name === "csrfmiddlewaretoken") return false;
    if (attrName === "hx-trigger" && newValue) {
      return !(Math.abs(pauseOf(element.getAttribute(attrName)) / pauseOf(newValue) - 1) <= JITTER);
    }
    return !KEPT[element.tagName]?.includes(attrName);
  },
});
