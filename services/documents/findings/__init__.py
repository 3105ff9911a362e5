"""Validation of documents: botocore's model first, then the rules of ECS, then advice."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ecsdash.aws.shapes import input_shape
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.documents.findings import model, task_definition
from services.documents.findings.parts import Part, Rule, Violation
from services.documents.findings.places import place_in_words

__all__ = ["REGISTER_TASK_DEFINITION", "place_in_words", "task_definition_findings"]

REGISTER_TASK_DEFINITION: Final = "ecs.register_task_definition"
#: Findings that are returned for one document.
MOST: Final = 200


def task_definition_findings(document: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with the parameters of RegisterTaskDefinition, and advice, those that block first."""
    return _findings(document, REGISTER_TASK_DEFINITION, task_definition.RULES)


def _findings(document: Any, call: str, rules: Iterable[Rule]) -> list[Finding]:
    reading = model.read(document, input_shape(call))
    by_model = [(FindingLevel.BLOCK, each) for each in reading.violations]
    silenced = {each.pointer for each in reading.violations}
    by_rules = _violations(Part("", reading.usable), rules, silenced)
    found = {(each.pointer, each.what): (level, each) for level, each in (*by_model, *by_rules)}
    findings = [Finding(each.pointer, level, each.what, each.why, each.how) for level, each in found.values()]
    return findings[:MOST]


def _violations(document: Part, rules: Iterable[Rule], silenced: set[str]) -> Iterator[tuple[FindingLevel, Violation]]:
    """Yield what the rules find where nothing worse is known: a place has the violations of one level only."""
    blocked: set[str] = set()
    for rule in sorted(rules, key=lambda each: each.level is not FindingLevel.BLOCK):
        for violation in rule.check(document):
            if silenced.isdisjoint(_above(violation.pointer)) and not (
                rule.level is not FindingLevel.BLOCK and violation.pointer in blocked
            ):
                if rule.level is FindingLevel.BLOCK:
                    blocked.add(violation.pointer)
                yield rule.level, violation


def _above(pointer: str) -> Iterator[str]:
    """Yield the place and every place that contains it."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""
