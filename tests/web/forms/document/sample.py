"""A small document form with every kind of part, and what a browser posts for it."""

import json
from typing import Any

from django.http import QueryDict

from ecsdash.web.forms.document.editing import NAMES_SUFFIX, places, shown_rows
from ecsdash.web.forms.document.fields import Entries, Field, Pairs, Part, Row, Section
from ecsdash.web.forms.document.kinds import (
    CPU,
    Boolean,
    Choice,
    Choices,
    Integer,
    Lines,
    ShellCommand,
    Text,
    Words,
)
from ecsdash.web.forms.document.operations import Preset
from ecsdash.web.forms.document.pointers import value_at
from ecsdash.web.forms.document.state import DocumentForm

ITEM = (
    Row((Field("name", "Name"), Field("cpu", "CPU", CPU), Field("on", "On", Boolean()))),
    Field("command", "Command", Words()),
    Section(
        "Health check",
        (Field("check/command", "Command", ShellCommand()), Field("check/interval", "Interval", Integer())),
    ),
    Pairs("labels", "Labels", besides=("own",)),
    Field("labels/own", "Own label"),
    Entries("ports", "Ports", "Add port", "port", (Field("port", "Port", Integer()),), named_by=("port",)),
    Field("servers", "Servers", Lines()),
)
PARTS: tuple[Part, ...] = (
    Field("title", "Title"),
    Field("note", "Note", Text(emptied="")),
    Field("mode", "Mode", Choice(choices=(("a", "A"), ("b", "B")))),
    Field("kinds", "Kinds", Choices(choices=(("EC2", "EC2"), ("FARGATE", "Fargate")))),
    Entries("items", "Items", "Add item", "item", ITEM, new={"name": ""}, movable=True, presets="items"),
)
PRESETS = {"items": {"extra": Preset("Add extra", lambda document: {"name": "extra"})}}
FORM = DocumentForm(PARTS, PRESETS)


def posted(document: dict[str, Any], text: str | None = None, form: DocumentForm = FORM, **buttons: str) -> QueryDict:
    """Return what a browser posts when the form shows the document: line ends as browsers send them."""
    data = QueryDict(mutable=True)
    for pointer, part in places(form.parts, document):
        value = value_at(document, pointer)
        if isinstance(part, Pairs):
            rows = [*shown_rows(part, value), ("", "")]
            data.setlist(pointer + NAMES_SUFFIX, [as_posted(name) for name, _ in rows])
            data.setlist(pointer, [as_posted(shown) for _, shown in rows])
        elif isinstance(part.kind, Choices):
            chosen = value if isinstance(value, list) else []
            data.setlist(pointer, ["", *(part.kind.shown(each) for each in chosen)])
        else:
            data[pointer] = as_posted(part.kind.shown(value))
    data["base"] = json.dumps(document, ensure_ascii=False)
    data["json"] = json.dumps(document, indent=2, ensure_ascii=False) if text is None else text
    for name, value in buttons.items():
        data[name] = value
    return data


def as_posted(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
