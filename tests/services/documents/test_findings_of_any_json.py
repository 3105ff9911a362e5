"""Findings never fail, whatever JSON they are given, and their cost grows with its size only."""

import json
from collections.abc import Callable
from copy import deepcopy
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsdash.aws.shapes import Shape, input_shape
from ecsdash.web.forms.document.places import words_of
from services.documents.findings import run_task_findings, service_findings, task_definition_findings
from services.forms.run_task_fields import RUN_TASK
from services.forms.service.declaration import SERVICE_FORM
from services.forms.task_definition.declaration import TASK_DEFINITION
from tests.services.definitions import container, fargate

WORDS = ["", "app", "80", "1 vCPU", "2 GB", "${A}", "<NAME>", "arn:aws:iam::1:role/a", "8000-8010", "app:db", "x" * 300]
SCALARS = st.sampled_from([None, True, 0, -1, 2**70, 0.5, float("nan"), *WORDS]) | st.text(max_size=5)
ANY_JSON = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.sampled_from(WORDS), SCALARS, max_size=2)
#: Where to put which value into a document: steps down from the top, each an index among the members or entries.
CHANGES = st.lists(st.tuples(st.lists(st.integers(0, 200), min_size=1, max_size=6), ANY_JSON), max_size=8)


def filled(shape: Shape) -> Any:
    """Return a value with every member of the model."""
    if shape.kind == "structure":
        return {name: filled(member) for name, member in shape.members.items()}
    if shape.entry is not None:
        entry = filled(shape.entry)
        return [entry, deepcopy(entry)] if shape.kind == "list" else {"key": entry}
    return {"string": next(iter(shape.enum), "app"), "boolean": True, "document": {}}.get(shape.kind, 80)


def put(document: Any, steps: list[int], value: Any) -> None:
    for step in steps[:-1]:
        if isinstance(document, dict | list) and document:
            document = _keys(document)[1][step % len(document)]
    if isinstance(document, dict | list) and document:
        document[_keys(document)[0][steps[-1] % len(document)]] = value


def _keys(document: Any) -> tuple[list[Any], list[Any]]:
    pairs = list(document.items() if isinstance(document, dict) else enumerate(document))
    return [key for key, _ in pairs], [each for _, each in pairs]


FINDINGS: dict[str, Callable[[Any], Any]] = {
    "ecs.register_task_definition": task_definition_findings,
    "ecs.create_service": lambda document: service_findings(document, fargate(container(portMappings=[]))),
    "ecs.update_service": lambda document: service_findings(document, call="ecs.update_service"),
    "ecs.run_task": lambda document: run_task_findings(document, fargate()),
}


FORMS = {
    "ecs.register_task_definition": TASK_DEFINITION,
    "ecs.create_service": SERVICE_FORM,
    "ecs.update_service": SERVICE_FORM,
    "ecs.run_task": RUN_TASK,
}
FULL = {call: filled(input_shape(call)) for call in FINDINGS}


@pytest.mark.parametrize("call", FINDINGS)
@settings(max_examples=40, deadline=None)
@given(changes=CHANGES)
def test_findings_never_fail(call: str, changes: list[tuple[list[int], Any]]) -> None:
    document = deepcopy(FULL[call])
    for steps, value in changes:
        put(document, steps, value)
    for finding in FINDINGS[call](document):
        assert finding.what
        assert len(words_of(FORMS[call].entries, document, finding.pointer)) < 1000


@pytest.mark.parametrize("call", FINDINGS)
@pytest.mark.parametrize("document", [None, True, 1.5, "", "{}", [], [{}], {}, {"a": None}, {"": {}}])
def test_findings_never_fail_on_other_json(call: str, document: Any) -> None:
    assert FINDINGS[call](document)


BIG = 10_000
HUGE: dict[str, Any] = {
    "containers": {
        "containerDefinitions": [{"name": f"c{n}", "dependsOn": [{"containerName": "c0"}]} for n in range(BIG)]
    },
    "unknown members": {f"familyy{n}": n for n in range(BIG)},
    "wrong types": {"containerDefinitions": list(range(BIG))},
    "wrong values": {"requiresCompatibilities": ["fargate"] * BIG},
    "variables": fargate(container(environment=[{"name": f"A{n}", "value": "<B"} for n in range(BIG)])),
    "mounts": fargate(
        container(mountPoints=[{"sourceVolume": f"x{n}"} for n in range(BIG)]),
        volumes=[{"name": f"v{n}"} for n in range(BIG)],
    ),
    "ports": fargate(container(portMappings=[{"containerPortRange": f"{n}-{n + 9}"} for n in range(BIG)])),
    "one long text": fargate(container(image="${" * BIG, command=["<" * BIG])),
    "a deep unknown member": {"familyy": json.loads("[" * 900 + "]" * 900)},
}


@pytest.mark.parametrize("name", HUGE)
def test_findings_of_a_huge_document_take_seconds_at_most(name: str) -> None:
    begun = process_time()
    findings = task_definition_findings(HUGE[name])
    assert process_time() - begun < 5
    assert 0 < len(findings) <= 200
