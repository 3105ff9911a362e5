// Forms: shortcuts for what works without a script too. The server relies on none of this.
document.addEventListener("input", (event) => {
  const target = event.target;
  if (target.matches("[data-choices-filter]")) narrow(target);
  if (target.matches("[data-must-equal]")) guard(target);
  if (target.form) nameActs(target.form);
});

// Enter in a filter box does not send the form around it.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-choices-filter]")) event.preventDefault();
});

document.addEventListener("change", (event) => event.target.name && event.target.form && showParts(event.target.form));

// After adding a group, the focus moves into it.
let growing = "";
document.addEventListener("click", (event) => {
  const add = event.target.closest?.("[data-repeat] button[name=add]");
  growing = add ? add.value : growing;
});

document.addEventListener("htmx:after:settle", (event) => {
  prepare();
  if (!growing || event.target.id !== growing) return;
  growing = "";
  focusLast(event.target);
});

function focusLast(group) {
  const items = group.querySelectorAll(".repeat-item");
  items[items.length - 1]?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function narrow(box) {
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

// A button that the server has disabled stays so.
function guard(box) {
  for (const button of box.form.querySelectorAll(".btn-danger")) {
    if (button.disabled && !("guarded" in button.dataset)) continue;
    button.dataset.guarded = "";
    button.disabled = box.value !== box.dataset.mustEqual;
  }
}

// <button data-act="Scale to {desired_count}"> says what it will do with what is typed now.
function nameActs(form) {
  const typed = new FormData(form);
  for (const button of form.querySelectorAll("[data-act]")) {
    button.textContent = button.dataset.act.replace(/\{(\w+)\}/g, (_, name) => typed.get(name) || "…");
  }
}

// <div data-when="template=ec2,both"> is there while the control of that name has one of these values.
function showParts(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, values] = part.dataset.when.split("=");
    const chosen = new FormData(form).getAll(name);
    part.hidden = !values.split(",").some((value) => chosen.includes(value));
  }
}

function prepare() {
  for (const box of document.querySelectorAll("[data-choices-filter]")) box.hidden = false;
  for (const box of document.querySelectorAll("[data-must-equal]")) guard(box);
  for (const form of document.querySelectorAll("form:has([data-when])")) showParts(form);
}

prepare();
document.querySelector("[data-form-errors]")?.focus();
