// The search box of the top bar: what is found is listed under it while one types. Without JavaScript it is a form.
import { textOf } from "./fetching.js";

const PAUSE = 120;
const box = document.getElementById("search");
const panel = document.getElementById("search-panel");
let typing, asked;

const links = () => [...panel.querySelectorAll("[data-found]")];

export const focusSearch = () => {
  box?.focus();
  box?.select();
  return box;
};

function open() {
  panel.style.top = `${box.getBoundingClientRect().bottom + 6}px`;
  panel.showPopover();
}

async function ask() {
  const text = box.value.trim();
  asked?.abort();
  if (!text) return panel.hidePopover();
  asked = new AbortController();
  const { signal } = asked;
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
    clearTimeout(typing);
    typing = setTimeout(ask, PAUSE);
  });
  box.addEventListener("focus", () => box.value.trim() && panel.childElementCount && open());
  for (const part of [box, panel]) {
    part.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        step(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") {
        box.focus(); // which opens the list, so it is closed afterwards
        panel.hidePopover();
      }
    });
  }
  const leave = (event) => panel.contains(event.target) || event.target === box || panel.hidePopover();
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);
}
