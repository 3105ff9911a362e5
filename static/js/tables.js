// Tables: filter while typing, choose rows, open a row by a click anywhere on it, move columns.
const INTERACTIVE = "a, button, input, select, label, summary, [popover]";
let typing;

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-filter]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => form.isConnected && form.requestSubmit(), 300);
});

document.addEventListener("change", (event) => {
  const target = event.target;
  if (target.form?.matches("[data-submit-on-change]")) target.form.requestSubmit();
  const box = target.closest(".table-box");
  if (!box || !target.matches("[data-pick], [data-pick-all]")) return;
  const picks = [...box.querySelectorAll("[data-pick]")];
  if (target.matches("[data-pick-all]")) for (const pick of picks) pick.checked = target.checked;
  const count = picks.filter((pick) => pick.checked).length;
  const all = box.querySelector("[data-pick-all]");
  all.checked = count > 0 && count === picks.length;
  all.indeterminate = count > 0 && count < picks.length;
  box.querySelector("[data-bulk-count]").textContent = `${count} chosen`;
});

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("tr[data-row]");
  if (!row || event.target.closest(INTERACTIVE) || getSelection().toString()) return;
  const link = row.querySelector("[data-row-link]");
  if (link && event.button === 0) event.ctrlKey || event.metaKey ? window.open(link.href) : link.click();
});

// The form of the columns: what is moved here is sent when it is saved. The first column stays where it is.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-columns] [data-move]");
  if (!button) return;
  event.preventDefault();
  const item = button.closest("li");
  const other = button.dataset.move === "up" ? item.previousElementSibling : item.nextElementSibling;
  if (!other || !other.previousElementSibling) return;
  button.dataset.move === "up" ? other.before(item) : other.after(item);
  button.focus();
});
