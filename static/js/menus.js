// Menus made of <details> close like menus: on Escape, on a click elsewhere, when another opens.
import { textOf } from "./fetching.js";

const open = () => document.querySelectorAll("details[data-drop][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") return walk(event);
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// The arrows go round in a menu that is open.
function walk(event) {
  const list = event.target.closest(".drop-list:not(.search-panel)") ?? event.target.closest("details[data-drop][open]");
  const entries = [...(list?.querySelectorAll("a, button") ?? [])].filter((entry) => entry.checkVisibility());
  if (!entries.length) return;
  event.preventDefault();
  const at = entries.indexOf(event.target);
  const next = event.key === "ArrowDown" ? at + 1 : Math.max(at, 0) - 1;
  entries.at(next % entries.length).focus();
}

// The menu of a table's row is fetched when it is opened. Without JavaScript its button leads to the row's own page.
const rowMenu = document.getElementById("row-menu");
let opener;

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-menu]");
  if (!button || !rowMenu || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const again = button === opener && rowMenu.matches(":popover-open");
  rowMenu.hidePopover();
  if (again) return;
  opener = button;
  const html = await textOf(button.dataset.menu, { headers: { "HX-Request": "true" } });
  if (opener !== button) return;
  if (html === undefined) return location.assign(button.href);
  rowMenu.innerHTML = html;
  rowMenu.showPopover({ source: button });
  rowMenu.querySelector("a, button:not(:disabled, [aria-disabled])")?.focus();
});
