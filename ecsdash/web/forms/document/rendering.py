"""What the template of a document form shows: a tree of nodes, each with its values and its findings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from ecsdash.web.forms.document import json_text, pointers
from ecsdash.web.forms.document.editing import NAMES_SUFFIX, shown_rows
from ecsdash.web.forms.document.fields import Entries, Field, Pairs, Part, Row, Section
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.kinds import Choices, Text
from ecsdash.web.forms.document.operations import Preset, Presets
from ecsdash.web.forms.document.places import entry_name, words_of
from ecsdash.web.forms.document.pointers import MISSING
from ecsdash.web.forms.document.state import DocumentForm, State

Offers = Mapping[str, Sequence[tuple[str, str]]]
NOT_OFFERED = "not offered here"


@dataclass
class Node:
    """A part of the form at a place of the document."""

    pointer: str
    label: str
    template: str
    help: str = ""
    findings: list["Located"] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    filled: bool = False

    @property
    def path(self) -> str:
        """Return the template of this node."""
        return f"components/document/{self.template}.html"

    @property
    def blocked(self) -> bool:
        return any(each.finding.level is FindingLevel.BLOCK for each in self.findings)

    @property
    def complains(self) -> bool:
        """Return whether a finding refuses or warns."""
        return any(each.level is not FindingLevel.OK for each in self.findings)

    @property
    def error_id(self) -> str:
        return f"{self.pointer}_error"

    @property
    def described_by(self) -> str:
        """Return the ids of the texts that describe the control."""
        return f"{self.error_id} {self.pointer}_help" if self.help else self.error_id

    def walk(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Option:
    value: str
    label: str
    selected: bool


@dataclass
class FieldNode(Node):
    part: Field = field(default_factory=lambda: Field("", ""))
    text: str = ""
    options: list[Option] = field(default_factory=list)

    @property
    def widget(self) -> str:
        if self.options:
            return "choices" if isinstance(self.part.kind, Choices) else "choice"
        long = isinstance(self.part.kind, Text) and self.part.kind.long
        return "long" if long or self.part.kind.widget == "long" or set(self.text) & {"\n", "\r"} else "text"

    @property
    def when(self) -> str:
        """Return the condition in the notation of the script that shows and hides."""
        if self.part.when is None:
            return ""
        place, values = self.part.when
        return f"{self.pointer.removesuffix(self.part.place)}{place}={','.join(values)}"


@dataclass
class PairsNode(Node):
    rows: list[tuple[str, str]] = field(default_factory=list)
    odd: bool = False

    @property
    def names(self) -> str:
        return self.pointer + NAMES_SUFFIX


@dataclass
class EntriesNode(Node):
    part: Entries = field(default_factory=lambda: Entries("", "", "", "", ()))
    presets: Mapping[str, Preset] = field(default_factory=dict)
    odd: bool = False


@dataclass
class EntryNode(Node):
    part: Entries = field(default_factory=lambda: Entries("", "", "", "", ()))
    first: bool = False
    last: bool = False


@dataclass
class SectionNode(Node):
    part: Section = field(default_factory=lambda: Section("", ()))
    anchor: str = ""
    buttons: dict[str, Preset] = field(default_factory=dict)

    @property
    def opened(self) -> bool:
        """Return whether a folded section is open at first: it holds a value or a finding."""
        return any(node.filled or node.complains for node in self.walk())

    @property
    def filled_count(self) -> int:
        return sum(node.filled for node in self.walk())


@dataclass
class RowNode(Node):
    narrow: bool = False


@dataclass
class Located:
    """A finding with its place in words and the id of the element that its link leads to."""

    finding: Finding
    place: str
    target: str
    line: int = 0

    @property
    def level(self) -> FindingLevel:
        return self.finding.level

    @property
    def text(self) -> str:
        """Return what, why and how as sentences."""
        return sentences(self.finding)


@dataclass
class Rendered:
    """The nodes of a form, and all findings."""

    nodes: list[Node]
    located: list[Located]

    @property
    def entries(self) -> list[Node]:
        """Return the entries of lists."""
        return [node for top in self.nodes for node in top.walk() if isinstance(node, EntryNode)]

    @property
    def remarked(self) -> list[Node]:
        """Return the nodes about which something is said."""
        return [node for top in self.nodes for node in top.walk() if node.findings]


def render(form: DocumentForm, state: State, findings: Sequence[Finding], offers: Offers) -> Rendered:
    """Return the form of the state with the findings at their places."""
    lines = json_text.json_lines(state.text)
    renderer = _Renderer(state, offers, form.presets)
    nodes = renderer.nodes(form.parts, "")
    known = {node.pointer: node for top in nodes for node in top.walk() if node.pointer}
    located = []
    for finding in findings:
        target = finding.pointer
        while target and target not in known:
            target = pointers.parent(target)[0]
        place = words_of(form.entries, state.document, finding.pointer)
        located.append(Located(finding, place, target, _line(lines, finding.pointer)))
        if target:
            known[target].findings.append(located[-1])
    return Rendered(nodes, located)


def sentences(finding: Finding) -> str:
    """Return what, why and how of a finding as sentences."""
    parts = [part for part in (finding.what, finding.why, finding.how) if part]
    return " ".join(part if part.endswith((".", "?", "!", ":")) else f"{part}." for part in parts)


def _line(lines: Mapping[str, int], pointer: str) -> int:
    while pointer and pointer not in lines:
        pointer = pointers.parent(pointer)[0]
    return lines.get(pointer, 0) if pointer else 0


@dataclass
class _Renderer:
    state: State
    offers: Offers
    presets: Presets

    def nodes(self, parts: Sequence[Part], above: str) -> list[Node]:
        return [self._node(part, above) for part in parts]

    def _node(self, part: Part, above: str) -> Node:
        if isinstance(part, Row):
            return RowNode("", "", "row", children=self.nodes(part.fields, above), narrow=part.narrow)
        if isinstance(part, Section):
            children, anchor = self.nodes(part.parts, above), f"{above}#{slugify(part.title)}"
            section = SectionNode("", part.title, "section", part.help, children=children, part=part, anchor=anchor)
            fills = self.presets.get(part.fills, {})
            section.buttons = {f"{above}#{part.fills}/{name}": preset for name, preset in fills.items()}
            return section
        pointer = f"{above}/{part.place}"
        value = pointers.value_at(self.state.document, pointer)
        filled = value not in (MISSING, None, "", [], {})
        if isinstance(part, Pairs):
            return self._pairs(part, pointer, value, filled)
        if isinstance(part, Entries):
            return self._entries(part, pointer, value, filled)
        node = FieldNode(pointer, part.label, "field", part.help, filled=filled, part=part)
        node.text = self.state.typed.get(pointer, [part.kind.shown(value)])[0]
        node.options = self._options(part, value, node.text)
        return node

    def _options(self, part: Field, value: Any, text: str) -> list[Option]:
        offered = [*getattr(part.kind, "choices", ())]
        if hasattr(part.kind, "options"):
            offered = [*part.kind.options]
        if part.options:
            offered = [*offered, *self.offers.get(part.options, ())]
        if not offered:
            return []
        chosen = [text]
        if isinstance(part.kind, Choices):
            chosen = [part.kind.shown(each) for each in value] if isinstance(value, list) else []
        known = {each for each, _ in offered}
        others = [(each, f"{each} ({NOT_OFFERED})") for each in chosen if each not in known]
        return [Option(each, label, each in chosen) for each, label in [*offered, *others]]

    def _pairs(self, part: Pairs, pointer: str, value: Any, filled: bool) -> PairsNode:
        node = PairsNode(pointer, part.label, "pairs", part.help, filled=filled)
        node.odd = filled and not isinstance(value, dict)
        node.rows = shown_rows(part, value)
        if pointer in self.state.typed:
            names = self.state.typed.get(pointer + NAMES_SUFFIX, [])
            node.rows = list(zip(names, self.state.typed[pointer], strict=False))
        node.rows = [*node.rows, ("", "")]
        return node

    def _entries(self, part: Entries, pointer: str, value: Any, filled: bool) -> EntriesNode:
        node = EntriesNode(pointer, part.label, "entries", part.help, filled=filled, part=part)
        node.odd = filled and not isinstance(value, list)
        node.presets = self.presets.get(part.presets, {})
        entries = value if isinstance(value, list) else []
        for number, entry in enumerate(entries):
            place = f"{pointer}/{number}"
            title = entry_name(part, entry, number)
            shown = EntryNode(place, title, "entry", part=part, first=number == 0, last=number == len(entries) - 1)
            shown.children = self.nodes(part.parts, place) if isinstance(entry, dict) else []
            node.children.append(shown)
        return node
