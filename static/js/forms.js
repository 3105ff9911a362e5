// Improvements of forms. Everything also works without them; the server does not rely on any.
document.addEventListener("input", (event) => {
  const target = event.target;
  if (target.matches("[data-choices-filter]")) filterChoices(target);
  if (target.matches("[data-must-equal]")) checkConfirmation(target);
});

document.addEventListener("change", (event) => event.target.name && event.target.form && showConditionalParts(event.target.form));

// After a group was added, its first field gets the focus.
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
  for (const item of box.closest("[data-choices]").querySelectorAll("li")) {
    item.hidden = !item.textContent.toLowerCase().includes(wanted) && !item.querySelector(":checked");
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

// <div data-when="template=ec2,both"> is shown while the control of that name has one of these values.
function showConditionalParts(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, values] = part.dataset.when.split("=");
    const chosen = new FormData(form).getAll(name);
    part.hidden = !values.split(",").some((value) => chosen.includes(value));
  }
}

function prepare() {
  for (const box of document.querySelectorAll("[data-choices-filter]")) {
    box.hidden = box.closest("[data-choices]").querySelectorAll("li").length < 8;
  }
  for (const box of document.querySelectorAll("[data-must-equal]")) checkConfirmation(box);
  for (const form of document.querySelectorAll("form:has([data-when])")) showConditionalParts(form);
}

prepare();
document.querySelector("[data-form-errors]")?.focus();
