"""YAML read without constructing anything but plain values.

Scalars follow the core schema of YAML 1.2, as Compose and CloudFormation files expect: `no` and `22:22` are texts.
Numbers with leading zeros (account IDs) are texts too. Aliases are expanded within a budget, and nesting is limited.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import yaml

MOST_NODES, DEEPEST = 50_000, 60
PREFIX: Final = "tag:yaml.org,2002:"
TYPED: Final = tuple(PREFIX + name for name in ("int", "float", "bool", "null"))
STANDARD: Final = (*TYPED, *(PREFIX + name for name in ("str", "seq", "map")))
MERGE: Final = "<<"
#: Tags of CloudFormation -> the long form of the function.
INTRINSIC: Final = {
    "!Ref": "Ref", "!Condition": "Condition",
    **{f"!{name}": f"Fn::{name}" for name in (
        "And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length",
        "Not", "Or", "Select", "Split", "Sub", "ToJsonString", "Transform",
    )},
}  # fmt: skip
#: Tags of Compose that say how files are merged: one file is read, so they change nothing but `!reset`.
COMPOSE: Final = ("!reset", "!override")
NULL: Final = re.compile(r"(?:null|Null|NULL|~|)\Z")
BOOLEAN: Final = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
FLOAT: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})?\.[0-9]{1,17}(?:[eE][-+]?[0-9]{1,3})?\Z")


class InvalidYaml(ValueError):
    """The text is not YAML, or not YAML that is read here."""


@dataclass
class _Built:
    """A value and the number of nodes in it."""

    value: Any
    nodes: int = 1


@dataclass
class _Open:
    """A list or mapping that has not ended. `key` is that of the member whose value comes next."""

    value: Any
    tag: str
    anchor: str | None
    nodes: int = 1
    key: Any = None
    keyed: bool = False
    merged: Any = None


def load(text: str) -> Any:
    """Return the value of the only document. Raise InvalidYaml."""
    try:
        return _Builder().build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"Line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise InvalidYaml(f"{where}{error.problem or error.context}.") from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise InvalidYaml("The text has a character that YAML does not allow.") from error


class _Builder:
    """Builds the value from events, without recursion."""

    def __init__(self) -> None:
        self.open: list[_Open] = []
        self.anchors: dict[str, _Built] = {}
        self.documents: list[_Built] = []

    def build(self, events: Any) -> Any:
        for event in events:
            self._take(event)
        if not self.documents:
            raise InvalidYaml("The text is empty.")
        return self.documents[0].value

    def _take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent) and self.documents:
            raise InvalidYaml(f"Line {line}: a second document begins. Only one can be read.")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise InvalidYaml(f"Line {line}: the alias *{event.anchor} names nothing that ends before it.")
            self._add(self.anchors[event.anchor], line)
        elif isinstance(event, yaml.ScalarEvent):
            self._end(_Built(_scalar(event, line)), event.tag or "", event.anchor, line)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            if len(self.open) >= DEEPEST:
                raise InvalidYaml(f"Line {line}: more than {DEEPEST} levels of nesting.")
            empty: Any = [] if isinstance(event, yaml.SequenceStartEvent) else {}
            self.open.append(_Open(empty, event.tag or "", event.anchor))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            done = self.open.pop()
            self._end(_Built(_merged(done, line), done.nodes), done.tag, done.anchor, line)

    def _end(self, built: _Built, tag: str, anchor: str | None, line: int) -> None:
        built.value = _tagged(built.value, tag, line)
        if anchor:
            self.anchors[anchor] = built
        self._add(built, line)

    def _add(self, built: _Built, line: int) -> None:
        """Add a complete value to the list or mapping around it."""
        if not self.open:
            self.documents.append(built)
            return
        parent = self.open[-1]
        parent.nodes += built.nodes
        if parent.nodes > MOST_NODES:
            raise InvalidYaml(f"Line {line}: more than {MOST_NODES} values, with those that aliases repeat.")
        if isinstance(parent.value, list):
            parent.value.append(built.value)
        elif not parent.keyed:
            parent.key, parent.keyed = _key(built.value, line), True
        else:
            _set(parent, built.value, line)


def _set(parent: _Open, value: Any, line: int) -> None:
    parent.keyed = False
    if parent.key == MERGE:
        parent.merged = value
    elif parent.key in parent.value:
        raise InvalidYaml(f"Line {line}: the key “{parent.key}” is given twice.")
    else:
        parent.value[parent.key] = value


def _key(value: Any, line: int) -> str:
    if isinstance(value, dict | list):
        raise InvalidYaml(f"Line {line}: a key must be a text.")
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    return str(value)


def _merged(done: _Open, line: int) -> Any:
    """Return the value with the members of its merge key, which never replace its own."""
    if done.merged is None:
        return done.value
    sources = done.merged if isinstance(done.merged, list) else [done.merged]
    if not all(isinstance(each, dict) for each in sources):
        raise InvalidYaml(f"Line {line}: << must name a mapping.")
    found = dict(done.value)
    for source in sources:
        for key, value in source.items():
            found.setdefault(key, value)
    return found


def _tagged(value: Any, tag: str, line: int) -> Any:
    if tag in INTRINSIC:
        split = tag == "!GetAtt" and isinstance(value, str)
        return {INTRINSIC[tag]: value.split(".", 1) if split else value}
    if tag == "!reset":
        return None
    if tag in ("", "!", *COMPOSE, *STANDARD):
        return value
    raise InvalidYaml(f"Line {line}: the tag {tag} is not supported.")


def _scalar(event: Any, line: int) -> Any:
    """Return the value of a scalar: quoted ones, and those tagged as such, are texts."""
    if "\x00" in event.value:
        raise InvalidYaml(f"Line {line}: the character NUL cannot be stored.")
    plain = event.implicit[0] or event.tag in TYPED
    if not plain or event.tag in INTRINSIC:
        return event.value
    return typed(event.value)


def typed(text: str) -> Any:
    """Return what a plain scalar stands for in the core schema of YAML 1.2."""
    if NULL.match(text):
        return None
    if BOOLEAN.match(text):
        return text.lower() == "true"
    if INTEGER.match(text):
        return int(text)
    if FLOAT.match(text):
        return float(text)
    return text
