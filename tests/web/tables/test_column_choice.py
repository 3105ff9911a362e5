"""A choice of columns as a list of keys: what it shows, and what is kept of it."""

import pytest

from ecsdash.web.tables import column_choice
from ecsdash.web.tables.columns import Column, reader

COLUMNS = [
    Column("name", "Name"),
    Column("status", "Status"),
    Column("tasks", "Tasks"),
    Column("tags", "Tags"),
    Column("created", "Created", optional=True),
]


def shown(*choice: str) -> list[str]:
    return [column.key for column, shown in column_choice.arranged(COLUMNS, choice) if shown]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ((), ["name", "status", "tasks", "tags"]),
        (("name", "tags", "-status", "tasks", "-created"), ["name", "tags", "tasks"]),
        (("tasks", "-name"), ["name", "tasks", "tags", "status"]),
        (("name", "tags", "created"), ["name", "status", "tasks", "tags", "created"]),
        (("gone", "-tags", "\0"), ["name", "status", "tasks"]),
    ],
)
def test_columns_that_a_choice_does_not_name_keep_their_place(choice: tuple[str, ...], expected: list[str]) -> None:
    assert shown(*choice) == expected


def test_an_address_shows_exactly_what_it_names_after_the_first_column() -> None:
    def keys(*asked: str) -> list[str]:
        return [column.key for column in column_choice.exactly(COLUMNS, asked)]

    assert keys("tags", "status", "tags", "secret") == ["name", "tags", "status"]
    assert keys("name") == ["name"]
    assert keys("all") == ["name", "status", "tasks", "tags", "created"]
    assert keys("nothing", "of this") == []


def test_a_button_moves_a_column_but_never_above_the_first() -> None:
    order = ["name", "status", "tasks", "tags"]
    assert column_choice.posted(order, ["status", "tags"], "up:tags") == ["name", "status", "tags", "-tasks"]
    assert column_choice.posted(order, order, "up:status") == order
    assert column_choice.posted(order, order, "down:tags") == order
    assert column_choice.posted(order, order, "down:status") == ["name", "tasks", "status", "tags"]
    assert column_choice.posted(["name", "<b>", "name", "-x" * 40], []) == ["name"]


def test_a_new_choice_keeps_what_the_old_one_says_of_columns_of_other_pages() -> None:
    assert column_choice.merged(["name", "-account", "status", "region"], ["name", "status"]) == [
        "name", "-account", "status", "region",
    ]  # fmt: skip
    assert column_choice.merged([], ["name", "-tags"]) == ["name", "-tags"]


def test_the_order_and_the_filter_of_a_column_follow_its_path_unless_it_says_otherwise() -> None:
    both, neither = Column("a", "A", path="cluster__name"), Column("a", "A")
    assert (both.sort, both.filter, neither.sort, neither.filter) == ("cluster__name", "cluster__name", "", "")
    other = Column("a", "A", path="name", sort="", filter="words")
    assert (other.sort, other.filter) == ("", "words")


def test_a_path_is_followed_from_the_row_and_ends_where_a_step_is_missing() -> None:
    class Row:
        name = "web"
        cluster = None

    assert reader("name")(Row()) == "web"
    assert reader("cluster__account__alias")(Row()) is None
    assert reader("gone__name")(Row()) is None
