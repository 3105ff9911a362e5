"""Rules about tasks that are run once (API reference, RunTask)."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from ecsdash.aws.limits import RUN_TASK_COUNT
from services.documents.findings.parts import Launch, Violation, listed, name_of, outside
from services.documents.findings.references import is_role
from services.documents.findings.sizes import cpu_units, memory_mib

STARTED_BY: Final = re.compile(r"[A-Za-z0-9/_-]{0,128}")
LONGEST_OVERRIDES: Final = 8_192


def count(launch: Launch) -> Iterator[Violation]:
    number = launch.get("count", 1)
    if not 1 <= number <= RUN_TASK_COUNT:
        how = f"Enter 1 to {RUN_TASK_COUNT}, or create a service."
        yield Violation(launch.at("count"), f"{number} tasks are out of range", "One call starts that many.", how)


def started_by(launch: Launch) -> Iterator[Violation]:
    if not STARTED_BY.fullmatch(launch.get("startedBy", "")):
        how = "Use up to 128 letters, digits, hyphens, slashes and underscores."
        yield Violation(launch.at("startedBy"), "The text has characters that ECS does not take", "", how)


def group(launch: Launch) -> Iterator[Violation]:
    if launch.get("group", "").startswith("service:"):
        why = "ECS gives these names to the tasks of services."
        yield Violation(launch.at("group"), "The group of a task cannot begin with service:", why, "Use another name.")


def propagation(launch: Launch) -> Iterator[Violation]:
    if launch.get("propagateTags") == "SERVICE":
        how = "Choose TASK_DEFINITION or NONE."
        yield Violation(launch.at("propagateTags"), "A task that is run once has no service", "", how)


def overrides(launch: Launch) -> Iterator[Violation]:
    part = launch.part("overrides")
    length = len(json.dumps(part.members))
    if length > LONGEST_OVERRIDES:
        what, why = f"The overrides have {length} characters", f"ECS takes at most {LONGEST_OVERRIDES}."
        yield Violation(part.pointer, what, why, "Shorten them, or register another revision.")
    if part.get("cpu") and cpu_units(part.get("cpu")) is None:
        yield Violation(part.at("cpu"), "This is not a CPU size", "", "Enter CPU units such as 512, or 0.5 vCPU.")
    if part.get("memory") and memory_mib(part.get("memory")) is None:
        yield Violation(part.at("memory"), "This is not a memory size", "", "Enter MiB such as 1024, or 1 GB.")
    for member in ("taskRoleArn", "executionRoleArn"):
        if part.get(member) and not is_role(part.get(member)):
            yield Violation(part.at(member), "This is not the ARN of an IAM role", "", "Enter an ARN or a name.")
    yield from outside(part.part("ephemeralStorage"), "sizeInGiB", 21, 200, "GiB")


def overridden_containers(launch: Launch) -> Iterator[Violation]:
    parts = launch.part("overrides").parts("containerOverrides")
    counts = Counter(each.get("name") for each in parts)
    known = [each.get("name") for each in launch.definition.parts("containerDefinitions")] if launch.definition else []
    for each in parts:
        name = each.get("name")
        if not name:
            yield Violation(each.at("name"), "The override does not name its container", "", "Enter the name.")
        elif launch.definition is not None and name not in known:
            what = f"The task definition has no container {name_of(each)}"
            yield Violation(each.at("name"), what, "", f"Enter one of {listed(known)}.")
        elif counts[name] > 1:
            yield Violation(each.at("name"), f"{name_of(each)} is overridden twice", "", "Combine the overrides.")
