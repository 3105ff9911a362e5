// The search box of the top bar: what is found is listed under it while one types. Without JavaScript it is a form.
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

async function ask() {
  const text = box.value.trim();
  asked?.abort();
  if (!text) return panel.hidePopover();
  asked = new AbortController();
  const address = `${box.form.action}?${new URLSearchParams({ q: text, fragment: "found" })}`;
  const answer = await fetch(address, { signal: asked.signal }).catch(() => undefined);
  if (!answer?.ok || answer.redirected) return;
  panel.innerHTML = await answer.text();
  panel.showPopover();
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
  box.addEventListener("focus", () => box.value.trim() && panel.childElementCount && panel.showPopover());
  for (const part of [box, panel]) {
    part.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        step(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") {
        panel.hidePopover();
        box.focus();
      }
    });
  }
  const leave = (event) => panel.contains(event.target) || event.target === box || panel.hidePopover();
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);
}
