// Keyboard shortcuts. Single-key shortcuts can be turned off in the `?` dialog (WCAG 2.1.4); the browser stores this.
import { focusSearch } from "./search.js";

const STORAGE_KEY = "single-keys-off";
const dialog = document.getElementById("keys");
const toggle = dialog?.querySelector("[data-keys-toggle]");
let waitingForSectionKey = false;

// The innermost element: the JSON editor is in a shadow root.
const isTyping = (event) => event.composedPath()[0].closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const links = () => [...document.querySelectorAll("[data-row-link]")].filter((link) => link.checkVisibility());

const ACTIONS = {
  "/": focusFilter,
  "?": () => dialog?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement.closest("tr")?.querySelector("[data-pick]")?.click(),
  g: () => {
    waitingForSectionKey = true;
    setTimeout(() => (waitingForSectionKey = false), 1200);
  },
};

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    if (focusSearch() ?? focusFilter()) event.preventDefault();
    return;
  }
  if (event.key === "Escape" && event.target.closest?.("[data-filter]")) {
    event.preventDefault(); // keeps the filter text; leaves the field, so that the shortcuts of the table work
    return event.target.blur();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || toggle?.checked || dialog?.open) return;
  if (waitingForSectionKey) {
    waitingForSectionKey = false;
    document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
  } else if (Object.hasOwn(ACTIONS, event.key)) {
    event.preventDefault();
    ACTIONS[event.key]();
  }
});

document.addEventListener("click", (event) => event.target.closest?.("[data-keys]") && dialog?.showModal());

if (toggle) {
  toggle.checked = localStorage.getItem(STORAGE_KEY) === "yes";
  toggle.addEventListener("change", () => localStorage.setItem(STORAGE_KEY, toggle.checked ? "yes" : "no"));
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
