"""Validation of documents: botocore's model first, then the rules of ECS, then advice."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, Final, TypeVar

from ecsdash.aws.shapes import input_shape
from ecsdash.web.forms.document import model
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.documents.findings import launch, task_definition
from services.documents.findings.parts import Launch, Part, Rule, Violation
from services.documents.findings.task_definition.lint import placeholders

__all__ = ["by_model", "run_task_findings", "service_findings", "task_definition_findings"]

REGISTER_TASK_DEFINITION: Final = "ecs.register_task_definition"
CREATE_SERVICE, UPDATE_SERVICE, RUN_TASK = "ecs.create_service", "ecs.update_service", "ecs.run_task"
#: Findings of one rule, and findings that are returned for one document.
MOST_OF_RULE, MOST = 50, 200
#: Containers that rules look at. One rule refuses more than ten.
MOST_CONTAINERS: Final = 50
Whole = TypeVar("Whole", bound=Part)


def task_definition_findings(document: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with the parameters of RegisterTaskDefinition, and advice, what blocks first."""
    reading = by_model(document, REGISTER_TASK_DEFINITION)
    return _findings(reading, _definition(reading), task_definition.RULES)


def service_findings(
    document: Mapping[str, Any],
    definition: Mapping[str, Any] | None = None,
    *,
    call: str = CREATE_SERVICE,
    planned: int = 0,
) -> list[Finding]:
    """Return what is wrong with the parameters of CreateService or UpdateService, and advice.

    `definition` is the task definition that the service runs: as registered, or as described. `planned`: how many
    target groups are made and added to those of the document.
    """
    reading = by_model(document, call)
    whole = Launch("", reading.usable, _known(definition), creates=call == CREATE_SERVICE, planned=planned)
    return _findings(reading, whole, launch.SERVICE)


def run_task_findings(document: Mapping[str, Any], definition: Mapping[str, Any] | None = None) -> list[Finding]:
    """Return what is wrong with the parameters of RunTask, and advice. `definition` is the task definition."""
    reading = by_model(document, RUN_TASK)
    return _findings(reading, Launch("", reading.usable, _known(definition)), launch.TASK)


def by_model(document: Mapping[str, Any], call: str) -> model.Reading:
    """Return what the model of the call refuses, and what it takes of the document: no nulls, no other types."""
    return model.read(document, input_shape(call))


def _known(definition: Mapping[str, Any] | None) -> Part | None:
    if definition is None:
        return None
    return _definition(by_model(definition, REGISTER_TASK_DEFINITION))


def _definition(reading: model.Reading) -> Part:
    containers = reading.usable.get("containerDefinitions", [])
    return Part("", {**reading.usable, "containerDefinitions": containers[:MOST_CONTAINERS]})


def _findings(reading: model.Reading, whole: Whole, rules: Iterable[Rule[Whole]]) -> list[Finding]:
    by_model = [(FindingLevel.BLOCK, each) for each in reading.violations]
    by_rules = _violations(whole, rules, {each.pointer for each in reading.violations})
    found = {(each.pointer, each.what): (level, each) for level, each in (*by_model, *by_rules)}
    findings = [Finding(each.pointer, level, each.what, each.why, each.how) for level, each in found.values()]
    return findings[:MOST]


def _violations(
    whole: Whole, rules: Iterable[Rule[Whole]], silenced: set[str]
) -> Iterator[tuple[FindingLevel, Violation]]:
    """Yield what the rules find where nothing worse is known: a place has violations of one level only.

    A text that is refused because of its placeholder is called one.
    """
    blocked: set[str] = set()
    left = {each.pointer: each.what for each in placeholders(whole)}
    for rule in sorted(rules, key=_advises):
        for violation in islice(rule.check(whole), MOST_OF_RULE):
            if silenced.isdisjoint(_above(violation.pointer)) and not (_advises(rule) and violation.pointer in blocked):
                if not _advises(rule):
                    blocked.add(violation.pointer)
                yield rule.level, replace(violation, what=left.get(violation.pointer, violation.what))


def _advises(rule: Rule[Any]) -> bool:
    return rule.level is not FindingLevel.BLOCK


def _above(pointer: str) -> Iterator[str]:
    """Yield the place and every place that contains it."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""
