// The search box of the top bar shows results while typing. Without JavaScript it is a form.
import { textOf } from "./fetching.js";

const TYPING_PAUSE_MS = 120;
const box = document.getElementById("search");
const panel = document.getElementById("search-panel");
let typingTimer, request;

const links = () => [...panel.querySelectorAll("[data-result]")];

export const focusSearch = () => {
  box?.focus();
  box?.select();
  return box;
};

function open() {
  panel.style.top = `${box.getBoundingClientRect().bottom + 6}px`;
  panel.showPopover();
}

async function search() {
  const text = box.value.trim();
  request?.abort();
  if (!text) return panel.hidePopover();
  request = new AbortController();
  const { signal } = request;
  const address = `${box.form.action}?${new URLSearchParams({ q: text, fragment: "found" })}`;
  const html = await textOf(address, { signal });
  if (html === undefined || signal.aborted) return;
  panel.innerHTML = html;
  open();
}

function step(by) {
  const all = links();
  const next = all.indexOf(document.activeElement) + by;
  (next < 0 ? box : all[Math.min(next, all.length - 1)])?.focus();
}

if (box) {
  box.addEventListener("input", () => {
    clearTimeout(typingTimer);
    typingTimer = setTimeout(search, TYPING_PAUSE_MS);
  });
  box.addEventListener("focus", () => box.value.trim() && panel.childElementCount && open());
  for (const part of [box, panel]) {
    part.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        step(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") {
        box.focus(); // this opens the results, so they are closed after it
        panel.hidePopover();
      }
    });
  }
  const leave = (event) => panel.contains(event.target) || event.target === box || panel.hidePopover();
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);
}
