"""A document form changes what was changed, and nothing else."""

import json
from typing import Any

import pytest

from ecsdash.web.forms.document.pointers import MISSING, value_at
from ecsdash.web.forms.document.state import State, resolve
from tests.web.forms.document.sample import FORM, posted

ODD: dict[str, Any] = {
    "unknown": {"z": [1, {"a": None}]},
    "title": "a\r\nb ",
    "note": "",
    "mode": "default",
    "kinds": ["fargate", "EXTERNAL"],
    "items": [
        {
            "name": "app", "cpu": "${CPU}", "on": "maybe", "command": ["sh", "-c", "a\nb", "c\r\nd"], "extra": 1,
            "check": {"command": ["CMD-SHELL", " [ -f /x ] "], "timeout": 5},
            "labels": {"b": "1\r\n2", "a": 5, "own": "x"},
            "ports": [{"port": 80, "kept": True}, {"range": "1-2"}], "servers": ["[::1]", " 10.0.0.2"],
        },
        {"name": "two", "command": None, "ports": None, "labels": None, "check": None},
        "no object",
    ],
}  # fmt: skip


def state(
    document: dict[str, Any], changes: dict[str, Any] | None = None, text: str | None = None, **buttons: str
) -> State:
    data = posted(document, text, FORM, **buttons)
    for name, value in (changes or {}).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return resolve(FORM, data)


def test_a_form_that_was_not_touched_changes_nothing() -> None:
    assert json.dumps(state(ODD).document) == json.dumps(ODD)


@pytest.mark.parametrize(
    ("pointer", "typed", "value"),
    [
        ("/title", "new", "new"),
        ("/title", "x\r\ny", "x\r\ny"),  # the line ends that were there
        ("/title", "", MISSING),
        ("/note", "x\r\ny", "x\ny"),
        ("/note", "", ""),
        ("/mode", "b", "b"),
        ("/mode", "", MISSING),
        ("/kinds", ["", "fargate", "EXTERNAL", "EC2"], ["fargate", "EXTERNAL", "EC2"]),
        ("/kinds", ["", "EXTERNAL"], ["EXTERNAL"]),
        ("/kinds", [""], MISSING),
        ("/items/0/cpu", "256", 256),
        ("/items/0/cpu", "0.5 vCPU", 512),
        ("/items/0/cpu", "512MB", "512MB"),  # as typed: the validation refuses it
        ("/items/0/on", "false", False),
        ("/items/0/on", "", MISSING),
        ("/items/0/command", "sh -c 'x y'", ["sh", "-c", "x y"]),
        ("/items/0/command", '["sh", "-c", "a\\r\\nb"]', ["sh", "-c", "a\r\nb"]),
        ("/items/0/command", "sh -c 'x", "sh -c 'x"),
        ("/items/0/check/command", "curl -f x ", ["CMD-SHELL", "curl -f x "]),
        ("/items/0/check/command", '["CMD", "/check"]', ["CMD", "/check"]),
        ("/items/0/check/command", "[ -f /y ]", ["CMD-SHELL", "[ -f /y ]"]),
        ("/items/0/servers", "10.0.0.1\r\n10.0.0.2", ["10.0.0.1", "10.0.0.2"]),
        ("/items/0/ports/0/port", "8080", 8080),
        ("/items/0/ports/1/port", "90", 90),
        ("/items/1/check/interval", "5", 5),
        ("/items/0/labels/own", "y", "y"),
    ],
)
def test_a_changed_field_writes_its_place_and_no_other(pointer: str, typed: Any, value: Any) -> None:
    found = state(ODD, {pointer: typed}).document
    assert value_at(found, pointer) == value
    undone = state(found).document
    assert json.dumps(undone) == json.dumps(found), "what was read is shown and read again as the same"
    assert _without(found, pointer) == _without(ODD, pointer)


def _without(document: dict[str, Any], pointer: str) -> dict[str, str]:
    leaves = dict(_leaves(document, ""))
    return {
        place: leaf for place, leaf in leaves.items() if not place.startswith(pointer) and place != "/items/1/check"
    }


def _leaves(value: Any, place: str) -> Any:
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from _leaves(member, f"{place}/{name}")
    elif isinstance(value, list) and value:
        for number, member in enumerate(value):
            yield from _leaves(member, f"{place}/{number}")
    else:
        yield place, json.dumps(value)


def test_rows_of_pairs_keep_values_and_order_when_a_name_changes() -> None:
    rows = {"/items/0/labels#names": ["b", "renamed", "new", ""], "/items/0/labels": ["1\r\n2", "5", "x", ""]}
    labels = state(ODD, rows).document["items"][0]["labels"]
    assert list(labels.items()) == [("b", "1\r\n2"), ("renamed", 5), ("own", "x"), ("new", "x")]
    gone = {"/items/0/labels#names": ["", ""], "/items/0/labels": ["", ""]}
    assert state(ODD, gone).document["items"][0]["labels"] == {"own": "x"}


def test_a_pair_that_is_given_twice_is_refused_and_stays_typed() -> None:
    rows = {"/items/0/labels#names": ["b", "b"], "/items/0/labels": ["1", "2"]}
    found = state(ODD, rows)
    assert not found.usable
    assert found.document == ODD
    assert found.typed["/items/0/labels"] == ["1", "2"]
    assert [(each.pointer, each.what) for each in found.findings] == [("/items/0/labels", "“b” is set twice.")]


def test_emptying_the_last_member_removes_its_mapping() -> None:
    document = {"items": [{"check": {"interval": 5}, "ports": [{"port": 1}]}]}
    emptied = state(document, {"/items/0/check/interval": "", "/items/0/ports/0/port": ""}).document
    assert emptied == {"items": [{"ports": [{}]}]}


def test_a_field_below_a_value_of_another_type_is_refused_in_words() -> None:
    found = state({"items": [{"check": "text"}]}, {"/items/0/check/interval": "5"})
    assert not found.usable
    assert found.document == {"items": [{"check": "text"}]}
    assert found.findings[0].pointer == "/items/0/check"


@pytest.mark.parametrize(
    ("asked", "names", "focus"),
    [
        ("remove:/items/0", ["two"], "/items"),
        ("down:/items/0", ["two", "app"], "/items/1"),
        ("up:/items/1", ["two", "app"], "/items/0"),
        ("up:/items/0", ["app", "two"], "/items/0"),
        ("duplicate:/items/0", ["app", "app-2", "two"], "/items/1"),
        ("add:/items", ["app", "two", ""], "/items/2"),
        ("preset:/items#extra", ["app", "two", "extra"], "/items/2"),
        ("preset:/items#other", ["app", "two"], ""),
        ("remove:/items/7", ["app", "two"], ""),
        ("remove:/title", ["app", "two"], ""),
        ("add:/nothing", ["app", "two"], ""),
        ("add:/items/9/ports", ["app", "two"], ""),
        ("nonsense", ["app", "two"], ""),
    ],
)
def test_buttons_change_entries(asked: str, names: list[str], focus: str) -> None:
    document = {"title": "t", "items": [{"name": "app", "extra": [1]}, {"name": "two"}]}
    found = state(document, {"/title": "changed"}, op=asked)
    assert [each["name"] for each in found.document["items"]] == names
    assert found.document["title"] == "changed"
    assert found.focus == focus
    assert json.loads(found.text) == found.document


def test_the_last_entry_takes_its_list_with_it() -> None:
    assert state({"items": [{"name": "a", "ports": [{}]}]}, op="remove:/items/0/ports/0").document == {
        "items": [{"name": "a"}]
    }


def test_json_that_was_changed_alone_is_the_document_and_stays_as_typed() -> None:
    found = state({"title": "a"}, text='{"title":   "b"}')
    assert (found.document, found.text, found.usable) == ({"title": "b"}, '{"title":   "b"}', True)


def test_broken_json_leaves_the_form_and_stays_typed() -> None:
    found = state({"title": "a"}, text='{"title": ')
    assert (found.document, found.text, found.usable, found.conflict) == ({"title": "a"}, '{"title": ', False, False)


@pytest.mark.parametrize(
    ("text", "kept", "title"),
    [
        ('{"title": "json"}', "keep_form", "form"),
        ('{"title": "json"}', "keep_json", "json"),
        ("{", "keep_form", "form"),
    ],
)
def test_two_changed_sides_are_a_conflict_until_one_is_chosen(text: str, kept: str, title: str) -> None:
    both = state({"title": "a"}, {"/title": "form"}, text)
    assert (both.conflict, both.document, both.text) == (True, {"title": "form"}, text)
    assert json.loads(both.base) == {"title": "a"}, "the next post still knows that both were changed"
    chosen = state({"title": "a"}, {"/title": "form"}, text, sync=kept)
    assert (chosen.usable, chosen.document) == (True, {"title": title})


def test_two_sides_that_were_changed_to_the_same_agree() -> None:
    assert state({"title": "a"}, {"/title": "b"}, '{"title": "b"}').usable
