// Forms: shortcuts for what works without a script too. The server relies on none of this.
document.addEventListener("input", (event) => {
  const target = event.target;
  if (target.matches("[data-choices-filter]")) filterChoices(target);
  if (target.matches("[data-must-equal]")) checkConfirmation(target);
  if (target.form) updateButtonLabels(target.form);
});

// Enter in a filter box does not send the form around it.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-choices-filter]")) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (!event.target.name || !event.target.form) return;
  showConditionalParts(event.target.form);
  checkDefaults(event.target);
});

// After adding a group, the focus moves into it.
let enlargedGroup = "";
document.addEventListener("click", (event) => {
  const add = event.target.closest?.("[data-repeat] button[name=add]");
  enlargedGroup = add ? add.value : enlargedGroup;
});

document.addEventListener("htmx:after:settle", (event) => {
  prepare();
  if (!enlargedGroup || event.target.id !== enlargedGroup) return;
  enlargedGroup = "";
  focusLast(event.target);
});

function focusLast(group) {
  const items = group.querySelectorAll(".repeat-item");
  items[items.length - 1]?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function filterChoices(box) {
  const wanted = box.value.trim().toLowerCase();
  const choices = box.closest("[data-choices]");
  for (const item of choices.querySelectorAll("li, option")) {
    const kept = item.matches(":checked") || item.querySelector(":checked");
    item.hidden = !item.textContent.toLowerCase().includes(wanted) && !kept;
  }
  for (const group of choices.querySelectorAll("optgroup")) {
    group.hidden = !group.querySelector("option:not([hidden])");
  }
}

// A button that the server has disabled stays disabled.
function checkConfirmation(box) {
  for (const button of box.form.querySelectorAll(".btn-danger")) {
    if (button.disabled && !("unconfirmed" in button.dataset)) continue;
    button.dataset.unconfirmed = "";
    button.disabled = box.value !== box.dataset.mustEqual;
  }
}

// <button data-act="Scale to {desired_count}"> shows the typed values in its label.
function updateButtonLabels(form) {
  const typed = new FormData(form);
  for (const button of form.querySelectorAll("[data-act]")) {
    button.textContent = button.dataset.act.replace(/\{(\w+)\}/g, (_, name) => typed.get(name) || "…");
  }
}

// <div data-when="template=ec2,both"> is shown while the control of that name has one of these values.
function showConditionalParts(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, values] = part.dataset.when.split("=");
    const chosen = new FormData(form).getAll(name);
    part.hidden = !values.split(",").some((value) => chosen.includes(value));
  }
}

// <div data-checks-of="role" data-checks='{"operator": ["a"]}'> checks these boxes when the control of that name changes.
function checkDefaults(control) {
  for (const part of control.form.querySelectorAll(`[data-checks-of="${control.name}"]`)) {
    const checked = JSON.parse(part.dataset.checks)[control.value] ?? [];
    for (const box of part.querySelectorAll("[type=checkbox]")) box.checked = checked.includes(box.value);
  }
}

export function prepare() {
  for (const box of document.querySelectorAll("[data-choices-filter]")) box.hidden = false;
  for (const box of document.querySelectorAll("[data-must-equal]")) checkConfirmation(box);
  for (const form of document.querySelectorAll("form:has([data-when])")) showConditionalParts(form);
}

prepare();
document.querySelector("[data-form-errors]")?.focus();
