"""The form of a task definition with the hidden values of one container shown."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from ecsdash.masking import hidden_values, is_fingerprint
from ecsdash.operations.document_forms import merged
from ecsdash.web.forms.document import state as states
from services.forms.task_definition import masked_values
from services.forms.task_definition.declaration import TASK_DEFINITION


def with_values(data: QueryDict, container: Mapping[str, Any]) -> QueryDict:
    """Return the posted data with the values of the revision's container in place of their fingerprints.

    Data that cannot be read, or whose values the container does not have, is returned as it is.
    """
    state = states.resolve(TASK_DEFINITION, data)
    listed = state.document.get("containerDefinitions")
    if not state.usable or not isinstance(listed, list):
        return data.copy()
    try:
        containers = [
            masked_values.restore(each, container) if _is(each, container["name"]) else each for each in listed
        ]
    except masked_values.StillMasked:
        return data.copy()
    return merged(data, states.start({**state.document, "containerDefinitions": containers}))


def hidden_containers(document: Mapping[str, Any], origin: Mapping[str, Any]) -> list[str]:
    """Return the names of the containers that have a value shown as its fingerprint, and that the origin has too."""
    containers, known = document.get("containerDefinitions"), {each["name"] for each in origin["containerDefinitions"]}
    return [
        str(each["name"])
        for each in (containers if isinstance(containers, list) else ())
        if isinstance(each, Mapping)
        and each.get("name") in known
        and any(_is_hidden(value) for _, value in hidden_values(each))
    ]


def _is_hidden(value: Any) -> bool:
    return is_fingerprint(value[0] if isinstance(value, list) and value else value)


def _is(container: Any, name: str) -> bool:
    return isinstance(container, Mapping) and container.get("name") == name
