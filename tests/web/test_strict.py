import pytest
from django.http import QueryDict
from django.test import RequestFactory

from ecsdash.web import preferences, strict
from ecsdash.web.forms import repeated_groups


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("42", 42), ("9999999999", 9_999_999_999)])
def test_ascii_digits_are_a_number(text: str, number: int) -> None:
    assert strict.number(text) == number


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1.0", " 1", "1\n", "1e3", "9" * 5000])
def test_nothing_else_is_a_number(text: str) -> None:
    assert strict.number(text) is None


@pytest.mark.parametrize("text", ["", "abc", "\0", "²", "00000000-0000-0000-0000-00000000000g"])
def test_other_text_is_no_uuid(text: str) -> None:
    assert strict.uuid(text) is None


@pytest.mark.parametrize("text", ["", "[" * 20_000, '"\\udc80"', '{"a": "\\u0000"}', "NaN", "[1e999]", "9" * 5000])
def test_json_that_cannot_be_stored_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        strict.json_value(text)


def test_json_says_what_it_says() -> None:
    assert strict.json_value('{"a": [1, "\\ud83d\\ude00", null]}') == {"a": [1, "😀", None]}


@pytest.mark.parametrize(("cookie", "size"), [("25", 25), ("250", 250), ("26", 50), (r'"\262"', 50), ("", 50)])
def test_rows_are_one_of_the_sizes_that_are_offered(cookie: str, size: int) -> None:
    assert preferences.page_size(RequestFactory().get("/", headers={"Cookie": f"rows={cookie}"})) == size


@pytest.mark.parametrize("position", ["x-²", "x-", "x", "x-" + "9" * 5000])
def test_a_form_without_a_number_is_not_removed(position: str) -> None:
    assert repeated_groups.changed(QueryDict(f"remove={position}&x-TOTAL_FORMS=1")) is None
