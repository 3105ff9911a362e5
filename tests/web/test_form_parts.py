"""Fields as the tags of web_forms write them."""

from typing import Any

import pytest
from django import forms
from django.forms import formset_factory
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


class Port(forms.Form):
    port = forms.IntegerField(label="Container port")


class Container(forms.Form):
    name = forms.CharField(label="Name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.formsets = {"port_mappings": formset_factory(Port)(self.data, prefix=f"{self.prefix}-port_mappings")}

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.formsets["port_mappings"].is_valid()])


class Definition(forms.Form):
    family = forms.CharField(label="Family")

    def __init__(self, data: dict[str, str]) -> None:
        super().__init__(data)
        self.formsets = {
            "containers": formset_factory(Container, min_num=1, extra=0)(data, prefix="containers"),
            "unused": formset_factory(Container)(data, prefix="containers"),
        }


def test_the_summary_of_errors_counts_and_names_the_fields_of_repeated_groups() -> None:
    ports = "containers-0-port_mappings"
    one = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0"}
    data = {f"{prefix}-{name}": value for prefix in ("containers", ports) for name, value in one.items()}
    form = Definition({**data, f"{ports}-0-port": "many", "containers-0-name": ""})
    form.formsets["containers"].is_valid()
    shown = Template("{% load web_forms %}{% form_errors form %}").render(Context({"form": form}))
    assert "3 fields need a change" in shown
    assert '<a href="#id_family">Family</a>: This field is required.' in shown
    assert '<a href="#id_containers-0-name">Containers 1: Name</a>' in shown
    assert f'<a href="#id_{ports}-0-port">Containers 1, port mappings 1: Container port</a>: Enter a whole' in shown


def test_a_list_without_choices_says_so() -> None:
    assert "No zone is available." in drawn("field", [])
    assert "is available" not in drawn("field", options(1))
