import pytest
from django import forms
from django.http import QueryDict
from django.test import Client

from ecsdash.web.forms import repeated_groups

THREE = {"c-TOTAL_FORMS": "3", "c-0-name": "a", "c-1-name": "b", "c-2-name": "c", "other": "kept"}


def posted(**more: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({**THREE, **more})
    return data


def test_without_a_button_nothing_changes() -> None:
    assert repeated_groups.after_button(posted()) is None


def test_add_increases_the_number_of_forms() -> None:
    data = repeated_groups.after_button(posted(add="c"))
    assert data is not None
    assert data["c-TOTAL_FORMS"] == "4"


def test_an_added_form_begins_with_its_initial_values() -> None:
    class Line(forms.Form):
        weight = forms.IntegerField(initial=1)
        base = forms.IntegerField(initial=0)
        name = forms.CharField()

    data = repeated_groups.after_button(posted(add="c"), {"c": forms.formset_factory(Line)})

    assert data is not None
    assert (data["c-3-weight"], data["c-3-base"], data.get("c-3-name")) == ("1", "0", None)


def test_remove_moves_later_forms_up() -> None:
    data = repeated_groups.after_button(posted(remove="c-1"))
    assert data is not None
    assert {key: value for key, value in data.items() if key.startswith("c-")} == {
        "c-TOTAL_FORMS": "2",
        "c-0-name": "a",
        "c-1-name": "c",
    }
    assert data["other"] == "kept"


@pytest.mark.parametrize("button", [{"add": "nothing"}, {"remove": "c"}, {"remove": "c-x"}, {"remove": "d-1"}])
def test_a_forged_button_changes_nothing(button: dict[str, str]) -> None:
    assert repeated_groups.after_button(posted(**button)) is None


CONTAINERS = {"containers-TOTAL_FORMS": "1", "containers-INITIAL_FORMS": "0", "containers-0-name": "web"}


@pytest.mark.django_db
@pytest.mark.usefixtures("guide")
def test_a_container_is_added_without_javascript_and_without_errors(client: Client) -> None:
    page = client.post("/guide/form/", {**CONTAINERS, "add": "containers"}).content.decode()
    assert 'name="containers-1-name"' in page
    assert 'value="web"' in page
    assert "field-error" not in page
    assert "data-form-errors" not in page


@pytest.mark.django_db
@pytest.mark.usefixtures("guide")
def test_a_refused_form_names_each_field_and_links_to_it(client: Client) -> None:
    page = client.post("/guide/form/", CONTAINERS).content.decode()
    assert 'href="#id_name"' in page
    assert 'id="id_name_error"' in page
    assert 'aria-describedby="id_name_help id_name_error"' in page
    assert 'aria-invalid="true"' in page
