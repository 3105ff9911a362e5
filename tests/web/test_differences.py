"""Nested values of a review are shown path by path in plain words, never as Python writes them."""

from typing import Any

import pytest

from ecsdash.web.differences import Difference, differences


def rows(path: str, before: Any, after: Any) -> list[tuple[str, str, str]]:
    return [(row.path, row.before, row.after) for row in differences(path, before, after)]


STRATEGY = [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}]


def test_an_entry_of_a_list_is_named_by_its_own_name() -> None:
    assert rows("capacityProviderStrategy", None, STRATEGY) == [
        ("capacity provider strategy › FARGATE", "", "base 1, weight 1")
    ]


def test_only_the_entries_that_differ_are_shown() -> None:
    spot = {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 3}
    after = [{**STRATEGY[0], "weight": 2}, spot]

    assert rows("capacityProviderStrategy", [*STRATEGY, spot], after) == [
        ("capacity provider strategy › FARGATE", "base 1, weight 1", "base 1, weight 2")
    ]


def test_a_single_tag_keeps_its_name() -> None:
    assert rows("tags", None, {"costCenter": "7"}) == [("tags › costCenter", "", "7")]


def test_nested_members_have_a_row_each_and_a_wrapper_has_none() -> None:
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-2"], "assignPublicIp": "ENABLED"}}

    assert rows("networkConfiguration", None, network) == [
        ("network configuration › subnets", "", "subnet-1, subnet-2"),
        ("network configuration › assign public IP", "", "ENABLED"),
    ]


def test_deeply_nested_overrides_are_plain_rows() -> None:
    environment = [{"name": "HOST", "value": "db"}]
    api = {"name": "api", "environment": environment}
    overrides = {"containerOverrides": [{"name": "web", "command": ["sh", "-c"], "environment": environment}, api]}

    assert rows("overrides", None, overrides) == [
        ("overrides › web › command", "", "sh, -c"),
        ("overrides › web › environment › HOST", "", "db"),
        ("overrides › api › environment › HOST", "", "db"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (None, True, ("", "yes")),
        (True, False, ("yes", "no")),
        (2, 0, ("2", "0")),
        ([], ["a", "b"], ("", "a, b")),
        ("x", None, ("x", "")),
        ([{"key": "costCenter", "value": "7"}], {}, None),
    ],
)
def test_plain_values_are_words(before: Any, after: Any, shown: tuple[str, str] | None) -> None:
    (row,) = rows("value", before, after)
    assert row == (("value › costCenter", "7", "") if shown is None else ("value", *shown))


@pytest.mark.parametrize("path", ["containers.myWeb.image", "tag costCenter", "DB_HOST", "desired tasks"])
def test_names_that_people_gave_stay(path: str) -> None:
    assert rows(path, None, "x") == [(path, "", "x")]


def test_what_is_masked_on_both_sides_is_still_a_row() -> None:
    secret = [{"name": "TOKEN", "value": "•••"}]
    assert rows("environment", secret, secret) == [("environment", "TOKEN •••", "TOKEN •••")]


@pytest.mark.parametrize("value", [STRATEGY, {"a": {"b": [1, {"c": None}]}}, [[1, 2], [True]], [{"x": [{"y": "z"}]}]])
def test_no_bracket_of_python_is_shown(value: Any) -> None:
    shown = "".join(row.path + row.before + row.after for row in differences("value", None, value))
    assert not set(shown) & set("[]{}'\"")


def test_a_row_knows_its_kind() -> None:
    kinds = [Difference("a", "", "1").kind, Difference("a", "1", "2").kind, Difference("a", "1", "").kind]
    assert kinds == ["added", "changed", "removed"]
