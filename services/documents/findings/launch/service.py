"""Rules about the service itself: name, task definition, number of tasks."""

import re
from collections.abc import Iterator
from typing import Final

from services.documents.findings.launch.deployment import is_daemon
from services.documents.findings.parts import Launch, Violation, outside
from services.documents.findings.references import is_arn
from services.documents.findings.task_definition.task import NAME, NAME_HOW

DEFINITION: Final = re.compile(r"[A-Za-z0-9_-]{1,255}(?::[1-9]\d{0,8})?")


def name(service: Launch) -> Iterator[Violation]:
    text = service.get("serviceName")
    if text is not None and not NAME.fullmatch(text):
        what = "The name has characters that ECS does not take" if text else "The service has no name"
        yield Violation(service.at("serviceName"), what, "", NAME_HOW)


def task_definition(launch: Launch) -> Iterator[Violation]:
    text = launch.get("taskDefinition")
    external = launch.part("deploymentController").get("type") == "EXTERNAL"
    if text and not (is_arn(text, "ecs") or DEFINITION.fullmatch(text)):
        how = "Enter family, family:revision or the ARN of a revision."
        yield Violation(launch.at("taskDefinition"), "This is not a task definition", "", how)
    elif not text and launch.creates and not external:
        yield Violation(launch.at("taskDefinition"), "There is no task definition", "", "Choose one.")


def desired_count(service: Launch) -> Iterator[Violation]:
    if service.creates and not is_daemon(service) and service.get("desiredCount") is None:
        yield Violation(service.at("desiredCount"), "The number of desired tasks is missing", "", "Enter it.")
    if not is_daemon(service):
        yield from outside(service, "desiredCount", 0, None)
