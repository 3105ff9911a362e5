"""Rules about log drivers and log routers."""

from collections.abc import Iterator
from typing import Final

from services.documents.findings.parts import LONGEST_NAME, Part, Violation, listed, name_of

REQUIRED_OPTIONS: Final = ("awslogs-group", "awslogs-region")
#: Options of awslogs whose names do not begin with "awslogs-".
COMMON_OPTIONS: Final = ("mode", "max-buffer-size")
ROOT: Final = ("", "0", "root")


def routers(definition: Part) -> list[Part]:
    return [each for each in definition.parts("containerDefinitions") if each.has("firelensConfiguration")]


def firelens(definition: Part, container: Part) -> Iterator[Violation]:
    configuration = container.part("logConfiguration")
    if configuration.get("logDriver") == "awsfirelens" and not routers(definition):
        yield Violation(
            configuration.at("logDriver"),
            "awsfirelens needs a log router, and no container is one",
            "FireLens sends the log to a container with a FireLens configuration.",
            "Add a log router container, or choose another log driver.",
        )


def one_router(definition: Part) -> Iterator[Violation]:
    found = routers(definition)
    drivers = [each.part("logConfiguration").get("logDriver") for each in definition.parts("containerDefinitions")]
    for each in found[1:]:
        what = "A task has one log router"
        yield Violation(each.at("firelensConfiguration"), what, "", "Remove the FireLens configuration.")
    if found and "awsfirelens" not in drivers:
        how = "Choose awsfirelens for a container, or remove the FireLens configuration."
        yield Violation(found[0].at("firelensConfiguration"), "No container uses the log router", "", how)
    for each in found:
        if str(each.get("user", "")).partition(":")[0] not in ROOT:
            yield Violation(each.at("user"), "The log router must run as root", "", "Remove the user, or enter 0.")


def router_log(definition: Part) -> Iterator[Violation]:
    for each in routers(definition):
        if each.part("logConfiguration").get("logDriver") == "awsfirelens":
            place, how = each.at("logConfiguration", "logDriver"), "Choose awslogs."
            yield Violation(place, "The log router cannot send its own log to itself", "", how)


def awslogs_options(definition: Part, container: Part) -> Iterator[Violation]:
    configuration = container.part("logConfiguration")
    if configuration.get("logDriver") != "awslogs":
        return
    options = configuration.part("options")
    secret = [each.get("name") for each in configuration.parts("secretOptions")]
    if missing := [name for name in REQUIRED_OPTIONS if not options.get(name) and name not in secret]:
        yield Violation(
            options.at(missing[0]),
            f"The log driver awslogs requires {listed(missing)}",
            f"The log of {name_of(container)} has no destination.",
            "Enter the log group and its region.",
        )


def other_options(definition: Part, container: Part) -> Iterator[Violation]:
    configuration = container.part("logConfiguration")
    if configuration.get("logDriver") != "awslogs":
        return
    options = configuration.part("options")
    for name in options.members:
        if not name.startswith("awslogs-") and name not in COMMON_OPTIONS:
            what = f"The log driver awslogs has no option {name[:LONGEST_NAME]}"
            yield Violation(options.at(name), what, "", "Remove it.")
