// Document editor: the form and the JSON follow each other. The server merges and validates; without this script the
// same buttons submit the page.
import { textOf } from "./fetching.js";
import { prepare } from "./forms.js";

const PAUSE = 500;
const root = document.querySelector("[data-document-editor]");
const form = root.closest("form");
const part = (id, page = document) => page.getElementById(id);
const json = () => part("id_json");
let editor; // the code editor, once it is loaded
let timer, sending, side;

const jsonText = () => json().value;

function setJson(text) {
  json().value = text;
  editor?.setText(text);
}

// One side was changed: the other follows after a pause.
function changed(which) {
  side = side && side !== which ? "form" : which;
  clearTimeout(timer);
  timer = setTimeout(() => send({ sync: side }), PAUSE);
}

async function send(buttons) {
  clearTimeout(timer);
  sending?.abort();
  sending = new AbortController();
  const body = new FormData(form);
  for (const [name, value] of Object.entries(buttons)) body.set(name, value);
  const sent = { text: jsonText(), side, buttons };
  side = undefined;
  const answer = await textOf(root.dataset.address, { method: "POST", body, signal: sending.signal });
  if (answer === undefined) return;
  const page = new DOMParser().parseFromString(answer, "text/html");
  if (part("document", page)) show(page, sent);
}

function show(page, sent) {
  const typedMeanwhile = jsonText() !== sent.text;
  if (typedMeanwhile && sent.buttons.sync !== "form") return changed("json");
  if (typedMeanwhile) return; // both sides were changed: the next post says so
  const agreed = part("document-syntax", page).childElementCount === 0;
  replace(page, "document-summary");
  replace(page, "document-syntax");
  editor?.mark(JSON.parse(part("document-markers", page).textContent));
  const byForm = sent.buttons.sync === "form";
  if (byForm) showFindings(page);
  else if (agreed) replaceForm(page);
  if (!agreed) return;
  part("id_base").value = part("id_base", page).value;
  if (sent.buttons.sync !== "json") setJson(part("id_json", page).value);
  focusOn(part("document", page).dataset.focus);
}

function replace(page, id) {
  part(id).replaceWith(document.adoptNode(part(id, page)));
}

// What was opened stays open.
function replaceForm(page) {
  const open = [...root.querySelectorAll("#document-form details[open]")].map((details) => details.id);
  replace(page, "document-form");
  for (const id of open) part(id)?.setAttribute("open", "");
  prepare();
}

// The fields keep what is being typed; what is said about them is new.
function showFindings(page) {
  for (const box of root.querySelectorAll("[data-findings]")) {
    const fresh = part(box.id, page);
    box.innerHTML = fresh?.innerHTML ?? "";
    const blocked = fresh?.parentElement.dataset.blocked === "yes";
    box.closest(".field")?.classList.toggle("wrong", blocked);
    const control = part(box.id.replace(/_error$/, ""));
    if (blocked) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }
  for (const title of root.querySelectorAll(".entry-name")) {
    title.textContent = part(title.id, page)?.textContent ?? title.textContent;
  }
  for (const list of root.querySelectorAll("datalist")) {
    list.replaceChildren(...(part(list.id, page)?.children ?? []));
  }
  for (const box of root.querySelectorAll("[data-follows-document]")) replace(page, box.id);
  root.querySelectorAll(".pairs").forEach(addRow);
}

// An empty row follows the last filled one.
function addRow(pairs) {
  const last = [...pairs.querySelectorAll(".pair")].at(-1);
  if (!last || ![...last.children].some((box) => box.value)) return;
  const empty = last.cloneNode(true);
  for (const box of empty.children) box.value = "";
  last.after(empty);
}

function focusOn(place) {
  const target = place && part(place);
  if (!target) return;
  reveal(target);
  (target.querySelector("input:not([type=hidden]), select, textarea") ?? target).focus();
}

function reveal(target) {
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
}

root.addEventListener("input", (event) => {
  if (event.target.closest("#document-form") && event.target.name?.startsWith("/")) changed("form");
  if (event.target === json()) changed("json");
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=op], #document-syntax button[name=sync]");
  if (!button) return;
  event.preventDefault();
  send({ [button.name]: button.value });
});

// An address that names a group of fields opens it.
const wanted = location.hash && part(decodeURIComponent(location.hash.slice(1)));
if (wanted) {
  reveal(wanted);
  wanted.scrollIntoView();
}

// A link of the summary opens what hides its field.
document.addEventListener("click", (event) => {
  const link = event.target.closest("#document-summary a[href^='#/']");
  const target = link && part(decodeURIComponent(link.getAttribute("href").slice(1)));
  if (!target) return;
  event.preventDefault();
  reveal(target);
  target.focus();
  target.scrollIntoView({ block: "center" });
});

import("./json_editor.js")
  .then(({ start }) => start({ box: part("json-editor"), area: json(), schema: root.dataset.schema, changed: () => changed("json") }))
  .then((started) => {
    editor = started;
    editor.mark(JSON.parse(part("document-markers").textContent));
  })
  .catch(() => undefined); // the plain text area stays
