"""The form of a task definition with the hidden values of one container shown."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from services.forms.task_definition import masked_values, text
from services.forms.task_definition.data import as_data, edited
from services.forms.task_definition.form import RegisterTaskDefinitionForm


def with_values(data: QueryDict, container: Mapping[str, Any], context: Any) -> QueryDict:
    """Return the posted data with the values of the revision's container in place of their fingerprints.

    Data that cannot be read, or whose values the container does not have, is returned as it is.
    """
    try:
        definition = _definition(data, context)
        definition["containerDefinitions"] = [
            masked_values.restore(each, container) if each.get("name") == container["name"] else each
            for each in definition.get("containerDefinitions", [])
        ]
    except (text.InvalidText, masked_values.StillMasked):
        return data.copy()
    return as_data(definition, data)


def _definition(data: QueryDict, context: Any) -> dict[str, Any]:
    """Return what the JSON says if it was edited, else what the fields say."""
    if edited(data):
        return text.parse(data.get("json", ""))
    same = data.copy()
    same["json"] = data.get("base", "")
    return RegisterTaskDefinitionForm(same, context=context).definition()
