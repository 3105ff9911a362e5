"""YAML is read as Compose and CloudFormation files mean it."""

from typing import Any

import pytest

from services.documents.yaml_text import InvalidYaml, load


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("22:22", "22:22"),
        ("012345678901", "012345678901"),
        ("2010-09-09", "2010-09-09"),
        ("true", True),
        ("False", False),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("~", None),
        ("null", None),
        ("'null'", "null"),
        ('"12"', "12"),
        ("!!str 12", "12"),
        ("1" * 30, "1" * 30),
        (".5", 0.5),
        ("", None),
        ("|\n  a\n  b", "a\nb"),
        ("!Ref X", {"Ref": "X"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!Ref 12", {"Ref": "12"}),
        ("!Join ['-', [a, !Ref B]]", {"Fn::Join": ["-", ["a", {"Ref": "B"}]]}),
        ("!reset []", None),
        ("!override [1]", [1]),
    ],
)
def test_a_scalar_is_read(written: str, value: Any) -> None:
    assert load(f"k: {written}") == {"k": value}


def test_merged_members_never_replace_own_ones() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {z: 3, <<: [*a, *b]}\n"
    assert load(text)["c"] == {"z": 3, "x": 1, "y": 1}


@pytest.mark.parametrize(
    "text", ["a: [", "a: 1\n---\nb: 2", "{[1]: 2}", "a: !unknown 1", "a: &b [*b]", "<<: 1", "[" * 99]
)
def test_other_yaml_is_refused(text: str) -> None:
    with pytest.raises(InvalidYaml, match=r"[Ll]ine"):
        load(text)


def test_the_line_end_of_the_last_block_is_kept() -> None:
    assert load("a: |\n  x\n") == {"a": "x\n"}
