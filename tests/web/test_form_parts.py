"""Fields as the tags of web_forms write them."""

from typing import Any

import pytest
from django import forms
from django.template import Context, Template


def drawn(tag: str, options: list[Any], kind: type[forms.ChoiceField] = forms.ChoiceField) -> str:
    form = type("Form", (forms.Form,), {"zone": kind(choices=options)})()
    return Template("{% load web_forms %}{% " + tag + " form.zone %}").render(Context({"form": form}))


def options(count: int) -> list[tuple[str, str]]:
    return [(f"z{n}", f"Zone {n}") for n in range(count)]


@pytest.mark.parametrize("tag", ["field", "choices"])
def test_a_list_of_more_than_ten_choices_has_a_filter_box(tag: str) -> None:
    assert "data-choices-filter" not in drawn(tag, options(10))
    assert 'aria-label="Filter zone"' in drawn(tag, options(11))


def test_choices_in_groups_are_counted_too() -> None:
    assert "data-choices-filter" in drawn("field", [("a", options(6)), ("b", options(5))])


def test_a_list_of_check_boxes_is_filtered_as_well() -> None:
    assert "data-choices-filter" in drawn("choices", options(11), forms.MultipleChoiceField)
