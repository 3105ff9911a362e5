"""Escape sequences of terminals in log lines."""

import pytest

from ecsdash.web.ansi import plain, styled


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", [("plain", "")]),
        ("\x1b[31mred\x1b[0m not", [("red", "ansi-red"), (" not", "")]),
        ("\x1b[1;92mok\x1b[22m still green", [("ok", "ansi-green ansi-bold"), (" still green", "ansi-green")]),
        ("\x1b[38;5;196mx\x1b[38;2;1;2;31my", [("x", ""), ("y", "")]),
        ("\x1b[m\x1b[39m\x1b[2J\x1b[1;1Hgone", [("gone", "")]),
        ("\x1b]0;title\x07shown\x1b]8;;x\x1b\\too", [("shown", ""), ("too", "")]),
        ("a\x00b\rc\x1b", [("abc\x1b".rstrip("\x1b"), "")]),
        ("tab\tkept", [("tab\tkept", "")]),
    ],
)
def test_colours_become_classes_and_all_else_is_removed(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(part.text, part.classes) for part in styled(text)] == expected


def test_a_hostile_line_takes_linear_time() -> None:
    assert plain("\x1b]" * 50_000) == ""
    assert plain("\x1b[" + "1;" * 50_000 + "mx") == "x"
