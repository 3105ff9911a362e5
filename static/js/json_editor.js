// JSON text with line numbers, folding, search, completion and findings: CodeMirror over a text area, which keeps the
// text. It is drawn in a shadow root, where its style sheets need no inline style.
import * as cm from "../vendor/codemirror.min.js";

const theme = cm.EditorView.theme({
  "&": { backgroundColor: "var(--surface)", color: "var(--text)", fontSize: "12.5px", height: "100%" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", overflow: "auto" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--muted)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft)",
  },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--line-strong)" },
  ".cm-tooltip-hover": { maxWidth: "420px", padding: "4px 8px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent-soft)", color: "var(--text)" },
  ".cm-completionInfo": { maxWidth: "320px" },
  ".cm-textfield": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--line-strong)" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--sunken)", color: "var(--text)", border: "1px solid var(--line-strong)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--sunken)", color: "var(--muted)", border: "0" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-searchMatch": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", color: "inherit" },
});

const colors = cm.HighlightStyle.define([
  { tag: cm.tags.propertyName, color: "var(--accent)" },
  { tag: cm.tags.string, color: "var(--text)" },
  { tag: [cm.tags.number, cm.tags.bool, cm.tags.null], color: "var(--progress)" },
]);

const TREE_MILLISECONDS = 200;
const treeOf = (state) => cm.ensureSyntaxTree(state, state.doc.length, TREE_MILLISECONDS) ?? cm.syntaxTree(state);
const segmentsOf = (pointer) => pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

function nameOf(state, property) {
  const name = property.getChild("PropertyName");
  if (!name) return undefined;
  try {
    return JSON.parse(state.sliceDoc(name.from, name.to));
  } catch {
    return undefined;
  }
}

// Entries of an array, without brackets and commas.
function entriesOf(array) {
  const found = [];
  for (let child = array.firstChild; child; child = child.nextSibling) {
    if (/^[A-Z]/.test(child.name)) found.push(child);
  }
  return found;
}

// The node of a place: the name of a member, or an entry. The nearest one above when there is none.
function nodeAt(state, pointer) {
  let value = treeOf(state).topNode.firstChild;
  let shown = value;
  for (const segment of segmentsOf(pointer)) {
    if (!value) break;
    if (value.name === "Array") {
      value = entriesOf(value)[Number(segment)];
      shown = value ?? shown;
      continue;
    }
    const property = value.getChildren("Property").find((each) => nameOf(state, each) === segment);
    shown = property?.getChild("PropertyName") ?? shown;
    value = property?.lastChild;
  }
  return shown;
}

function diagnosticOf(state, marker) {
  const severity = marker.level === "block" ? "error" : "warning";
  if (marker.line) {
    const line = state.doc.line(Math.min(marker.line, state.doc.lines));
    const from = Math.min(line.from + marker.column - 1, line.to);
    return { from, to: Math.min(from + 1, line.to), severity, message: marker.message };
  }
  const node = nodeAt(state, marker.pointer);
  const whole = !node || node.name === "Object" || node.name === "Array";
  const from = node?.from ?? 0;
  return { from, to: whole ? Math.min(from + 1, state.doc.length) : node.to, severity, message: marker.message };
}

// The schema of the object or array around a node.
function schemaAround(state, node, schema) {
  const path = [];
  for (let each = node; each?.parent; each = each.parent) {
    if (each.parent.name === "Array") path.unshift("items");
    else if (each.name === "Property" && each.parent.name === "Object") path.unshift(nameOf(state, each));
  }
  return path.reduce((found, step) => (step === "items" ? found?.items : found?.properties?.[step] ?? found?.additionalProperties), schema);
}

function completionsFrom(schema) {
  return (context) => {
    const node = treeOf(context.state).resolveInner(context.pos, -1);
    const word = context.matchBefore(/"?[\w-]*/);
    if (!context.explicit && (!word || word.from === word.to)) return null;
    const property = node.name === "Property" ? node : node.parent?.name === "Property" ? node.parent : null;
    const isName = node.name === "PropertyName" || node.name === "Object" || (node.name === "⚠" && node.parent?.name === "Object");
    return isName ? memberOptions(context, node, word, schema) : property && valueOptions(context, property, word, schema);
  };
}

function memberOptions(context, node, word, schema) {
  let object = node;
  while (object && object.name !== "Object") object = object.parent;
  const declared = object && schemaAround(context.state, object.firstChild ?? object, schema)?.properties;
  if (!declared) return null;
  const present = new Set(object.getChildren("Property").map((each) => nameOf(context.state, each)));
  const colon = context.state.sliceDoc(context.pos, context.pos + 3).includes(":") ? "" : ": ";
  const options = Object.entries(declared)
    .filter(([name]) => !present.has(name))
    .map(([name, member]) => ({ label: `"${name}"`, apply: `"${name}"${colon}`, type: "property", detail: member.type, info: member.description }));
  return { from: word?.from ?? context.pos, to: closing(context), options };
}

function valueOptions(context, property, word, schema) {
  const declared = schemaAround(context.state, property, schema);
  const values = declared?.enum ?? declared?.items?.enum ?? (declared?.type === "boolean" ? [true, false] : []);
  const options = values.map((value) => ({ label: JSON.stringify(value), type: "enum" }));
  return options.length ? { from: word?.from ?? context.pos, to: closing(context), options } : null;
}

// A quotation mark that the editor closed by itself is replaced too.
function closing(context) {
  return context.state.sliceDoc(context.pos, context.pos + 1) === '"' ? context.pos + 1 : context.pos;
}

function hoverFrom(schema) {
  return cm.hoverTooltip((view, position) => {
    const node = treeOf(view.state).resolveInner(position);
    if (node.name !== "PropertyName") return null;
    const declared = schemaAround(view.state, node.parent, schema);
    if (!declared) return null;
    const dom = document.createElement("div");
    dom.textContent = [declared.type, declared.description].filter(Boolean).join(": ");
    return { pos: node.from, end: node.to, above: true, create: () => ({ dom }) };
  });
}

async function schemaFrom(address) {
  if (!address) return {};
  const response = await fetch(address).catch(() => undefined);
  return response?.ok ? response.json() : {};
}

// What the browser shows as selected. The editor may hear of it later than of what is typed over it.
function selectAsShown(view) {
  const selection = view.root.getSelection?.() ?? document.getSelection();
  const range = selection?.rangeCount ? selection.getRangeAt(0) : undefined;
  const inside = (node) => view.contentDOM.contains(node);
  if (!range || range.collapsed || !inside(range.startContainer) || !inside(range.endContainer)) return;
  const anchor = view.posAtDOM(range.startContainer, range.startOffset);
  view.dispatch({ selection: { anchor, head: view.posAtDOM(range.endContainer, range.endOffset) } });
}

// Text typed over a selection: a browser would keep the look of the old text with an inline style, which the policy forbids.
const typingOver = cm.EditorView.domEventHandlers({
  beforeinput(event, view) {
    const typed = event.inputType === "insertText" && !event.isComposing ? event.data : null;
    if (typed === null) return false;
    if (view.state.selection.main.empty) selectAsShown(view);
    if (view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(typed), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

export async function start({ box, area, schema: address, changed }) {
  const schema = await schemaFrom(address);
  const shadow = box.shadowRoot ?? box.attachShadow({ mode: "open" });
  let own = false; // the text is being set from outside
  const view = new cm.EditorView({
    root: shadow,
    parent: shadow,
    doc: area.value,
    extensions: [
      cm.lineNumbers(), cm.foldGutter(), cm.lintGutter(), cm.history(), cm.drawSelection(), cm.indentOnInput(), cm.bracketMatching(),
      cm.closeBrackets(), cm.highlightActiveLine(), cm.highlightSelectionMatches(), cm.search({ top: true }), cm.json(),
      cm.syntaxHighlighting(colors), cm.autocompletion({ override: [completionsFrom(schema)] }), hoverFrom(schema), theme, typingOver,
      cm.EditorView.lineWrapping,
      cm.EditorView.contentAttributes.of({ "aria-label": "JSON", spellcheck: "false", tabindex: "0" }),
      cm.keymap.of([
        ...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.searchKeymap, ...cm.historyKeymap, ...cm.foldKeymap,
        ...cm.completionKeymap, ...cm.lintKeymap,
      ]),
      cm.EditorView.updateListener.of((update) => {
        if (!update.docChanged || own) return;
        area.value = update.state.doc.toString();
        changed();
      }),
    ],
  });
  box.hidden = false;
  area.hidden = true;
  return {
    view,
    setText(text) {
      const now = view.state.doc.toString();
      if (now === text) return;
      own = true;
      view.dispatch({ changes: difference(now, text) });
      own = false;
    },
    mark(markers) {
      const found = markers.map((marker) => diagnosticOf(view.state, marker)).sort((a, b) => a.from - b.from);
      view.dispatch(cm.setDiagnostics(view.state, found));
    },
  };
}

// The part that differs: the cursor, the scroll position and folds outside it stay.
function difference(before, after) {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
