// The keyboard. Single keys can be switched off in the `?` sheet (WCAG 2.1.4), which is remembered by this browser.
import { focusSearch } from "./search.js";

const STORED = "single-keys-off";
const sheet = document.getElementById("keys");
const toggle = sheet?.querySelector("[data-keys-toggle]");
let waitingForSection = false;

const isTyping = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const links = () => [...document.querySelectorAll("[data-row-link]")].filter((link) => link.checkVisibility());

const ACTIONS = {
  "/": focusFilter,
  "?": () => sheet?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement.closest("tr")?.querySelector("[data-pick]")?.click(),
  g: () => {
    waitingForSection = true;
    setTimeout(() => (waitingForSection = false), 1200);
  },
};

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    if (focusSearch() ?? focusFilter()) event.preventDefault();
    return;
  }
  if (event.key === "Escape" && event.target.closest?.("[data-filter]")) {
    event.preventDefault(); // what was typed stays; the keys of the table work again
    return event.target.blur();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || toggle?.checked || sheet?.open) return;
  if (waitingForSection) {
    waitingForSection = false;
    document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
  } else if (Object.hasOwn(ACTIONS, event.key)) {
    event.preventDefault();
    ACTIONS[event.key]();
  }
});

document.addEventListener("click", (event) => event.target.closest?.("[data-keys]") && sheet?.showModal());

if (toggle) {
  toggle.checked = localStorage.getItem(STORED) === "yes";
  toggle.addEventListener("change", () => localStorage.setItem(STORED, toggle.checked ? "yes" : "no"));
}

function focusFilter() {
  const box = document.querySelector("[data-filter] input[type=search]");
  box?.focus();
  box?.select();
  return box;
}

function step(by) {
  const all = links();
  const here = all.indexOf(document.activeElement.closest("tr")?.querySelector("[data-row-link]"));
  all[here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + by))]?.focus();
}
