"""JSON text: its value, the line of each place, and errors in plain words where they are."""

import json

import pytest

from ecsdash.web.forms.document.json_text import JsonSyntaxError, json_lines, parse


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("", 1, 1, "The JSON is empty"),
        ('{\n  "a": 1,\n}', 2, 9, "a comma too many"),
        ('{"a": [1, 2,]}', 1, 12, "a comma too many"),
        ('{\n  "a": 1,\n  "b": 2,\n  "a": 3\n}', 4, 3, '"a" is set twice: first in line 2'),
        ('{\n  "a": 1\n  "b": 2\n}', 2, 8, "A comma is missing"),
        ('{"a" 1}', 1, 6, "A colon is missing"),
        ("{a: 1}", 1, 2, "A name in double quotes"),
        ("{'a': 1}", 1, 2, "A name in double quotes"),
        ('{"a": }', 1, 7, "A value is missing"),
        ('{"a": True}', 1, 7, "True is not a JSON value"),
        ('{"a": NaN}', 1, 7, "NaN is not a JSON value"),
        ('{"a": 01}', 1, 7, "01 is not a JSON value"),
        ('{"a": 1e999}', 1, 7, "too large"),
        ('{"a": // x\n1}', 1, 7, "no comments"),
        ('{\n  "a": {\n', 2, 8, "The bracket { is not closed"),
        ('{"a": "x\n"}', 1, 7, "not closed in its line"),
        ('{"a": "x\ty"}', 1, 7, "control character"),
        (r'{"a": "\x"}', 1, 7, "an escape that JSON does not have"),
        (r'{"a": "\ud800"}', 1, 7, "half of a surrogate pair"),
        (r'{"a": "\u0000"}', 1, 7, "NUL"),
        ('{"a": 1} x', 1, 10, "after the end"),
        ("[" * 100, 1, 62, "nested too deeply"),
    ],
)
def test_a_syntax_error_is_at_its_place(text: str, line: int, column: int, what: str) -> None:
    with pytest.raises(JsonSyntaxError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column), caught.value
    assert what in caught.value.what


def test_the_value_is_that_of_the_standard_library() -> None:
    text = '{"a": [1, -2.5, 1e3, true, false, null, "x\\n\\u00e9\\ud83d\\ude00"], "": {}, "b": []}'
    assert parse(text).value == json.loads(text)
    assert list(parse('{"b": 1, "a": 2}').value) == ["b", "a"]


def test_each_place_has_the_line_where_its_name_is() -> None:
    text = '{\r\n  "a/b": [\r\n    {"c": 1},\r\n    {\r\n      "c": 2\r\n    }\r\n  ]\r\n}'
    lines = json_lines(text)
    assert (lines["/a~1b"], lines["/a~1b/0/c"], lines["/a~1b/1"], lines["/a~1b/1/c"]) == (2, 3, 4, 5)
    assert json_lines("{") == {}
