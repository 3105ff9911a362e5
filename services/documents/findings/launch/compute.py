"""Rules about where tasks run: launch type, capacity provider strategy, placement, network. Services and tasks."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from services.documents.findings.parts import FARGATE_PROVIDERS, Launch, Part, Violation, listed, name_of
from services.documents.findings.task_definition.task import network_mode

MOST_PROVIDERS, MOST_STRATEGIES, MOST_CONSTRAINTS = 20, 5, 10
MOST_SUBNETS, MOST_GROUPS = 16, 5
BINPACK_FIELDS: Final = ("cpu", "memory")
SPREAD_FIELDS: Final = ("instanceId", "host")
INSTANCES: Final = ("EC2", "EXTERNAL")


def launch_type(launch: Launch) -> Iterator[Violation]:
    place = launch.at("launchType")
    if launch.get("launchType") and launch.get("capacityProviderStrategy"):
        what = "A launch type and a capacity provider strategy exclude each other"
        yield Violation(place, what, "", "Remove one of them.")
    elif launch.get("launchType") == "MANAGED_INSTANCES":
        what = "Managed Instances are used through a capacity provider"
        yield Violation(place, what, "", "Remove the launch type, and name the provider in the strategy.")


def strategy(launch: Launch) -> Iterator[Violation]:
    parts = launch.parts("capacityProviderStrategy")
    place = launch.at("capacityProviderStrategy")
    if len(parts) > MOST_PROVIDERS:
        what, why = f"{len(parts)} capacity providers are too many", f"ECS takes at most {MOST_PROVIDERS}."
        yield Violation(place, what, why, "Remove some.")
    if len(parts) > 1 and not any(each.get("weight", 0) for each in parts):
        what = "Every capacity provider has the weight 0"
        yield Violation(place, what, "None of them would be used.", "Give at least one a greater weight.")
    for each in [each for each in parts if each.get("base", 0) > 0][1:]:
        yield Violation(each.at("base"), "Only one capacity provider can have a base", "", "Remove the others.")
    counts = Counter(each.get("capacityProvider") for each in parts)
    for each in parts:
        if counts[each.get("capacityProvider")] > 1:
            what = f"{name_of(each, 'capacityProvider')} is in the strategy twice"
            yield Violation(each.at("capacityProvider"), what, "", "Combine the entries.")
    kinds = {each.get("capacityProvider") in FARGATE_PROVIDERS for each in parts}
    if len(kinds) > 1:
        why = "A strategy has Fargate providers or others, not both."
        yield Violation(place, "The strategy mixes Fargate with instances", why, "Remove one kind.")


def platform_version(launch: Launch) -> Iterator[Violation]:
    if launch.get("platformVersion") and launch.get("launchType") in INSTANCES:
        what = f"The launch type {launch.get('launchType')} has no platform version"
        yield Violation(launch.at("platformVersion"), what, "Platform versions belong to Fargate.", "Remove it.")


def placement(launch: Launch) -> Iterator[Violation]:
    if launch.starts_fargate():
        for member, words in (("placementStrategy", "a placement strategy"), ("placementConstraints", "constraints")):
            if launch.get(member):
                yield Violation(launch.at(member), f"Fargate does not support {words}", "", "Remove it.")
        return
    strategies, constraints = launch.parts("placementStrategy"), launch.parts("placementConstraints")
    inherited = len(launch.definition.parts("placementConstraints")) if launch.definition else 0
    if len(strategies) > MOST_STRATEGIES:
        what, why = f"{len(strategies)} placement strategies are too many", f"ECS takes at most {MOST_STRATEGIES}."
        yield Violation(launch.at("placementStrategy"), what, why, "Remove some.")
    if len(constraints) + inherited > MOST_CONSTRAINTS:
        why = f"ECS takes at most {MOST_CONSTRAINTS}, including those of the task definition."
        what = f"{len(constraints) + inherited} placement constraints are too many"
        yield Violation(launch.at("placementConstraints"), what, why, "Remove some.")
    for each in strategies:
        yield from _strategy_field(each)
    for each in constraints:
        yield from _constraint(each)


def _strategy_field(part: Part) -> Iterator[Violation]:
    kind, field = part.get("type"), part.get("field")
    place = part.at("field")
    if kind == "random" and field:
        yield Violation(place, "The strategy random has no field", "", "Remove it.")
    elif kind == "binpack" and field not in BINPACK_FIELDS:
        yield Violation(place, "The strategy binpack packs by CPU or memory", "", "Enter cpu or memory.")
    elif kind == "spread" and not (field in SPREAD_FIELDS or str(field or "").startswith("attribute:")):
        how = "Enter instanceId, host or an attribute such as attribute:ecs.availability-zone."
        yield Violation(place, "The strategy spread needs a field of the instances", "", how)
    elif not kind:
        yield Violation(part.at("type"), "The placement strategy has no type", "", "Enter spread, binpack or random.")


def _constraint(part: Part) -> Iterator[Violation]:
    kind, expression = part.get("type"), part.get("expression")
    if kind == "memberOf" and not expression:
        what = "A memberOf constraint needs an expression"
        yield Violation(part.at("expression"), what, "", "Enter one.")
    elif kind == "distinctInstance" and expression:
        what = "A distinctInstance constraint has no expression"
        yield Violation(part.at("expression"), what, "", "Remove it.")
    elif not kind:
        yield Violation(part.at("type"), "The constraint has no type", "", "Enter memberOf or distinctInstance.")


def network(launch: Launch) -> Iterator[Violation]:
    definition, place = launch.definition, launch.at("networkConfiguration")
    configuration = launch.part("networkConfiguration").part("awsvpcConfiguration")
    awsvpc = definition is not None and network_mode(definition) == "awsvpc"
    if definition is not None and not awsvpc and configuration.members:
        mode = network_mode(definition)
        what = f"The network mode {mode} has no network configuration"
        yield Violation(place, what, "Its tasks use the network of the instance.", "Remove it.")
        return
    if awsvpc and not configuration.members and launch.creates:
        what = "The network mode awsvpc requires a network configuration"
        how = "Choose subnets and security groups."
        yield Violation(configuration.at("subnets"), what, "Each task has its own network interface.", how)
        return
    if configuration.has("subnets") and not configuration.get("subnets"):
        yield Violation(configuration.at("subnets"), "There is no subnet", "", "Choose at least one.")
    for member, most in (("subnets", MOST_SUBNETS), ("securityGroups", MOST_GROUPS)):
        number = len(configuration.get(member, ()))
        if number > most:
            what, why = f"{number} are too many", f"ECS takes at most {most}."
            yield Violation(configuration.at(member), what, why, "Remove some.")


def public_address(launch: Launch) -> Iterator[Violation]:
    configuration = launch.part("networkConfiguration").part("awsvpcConfiguration")
    if configuration.get("assignPublicIp") == "ENABLED" and launch.get("launchType") in INSTANCES:
        yield Violation(
            configuration.at("assignPublicIp"),
            "Tasks on instances cannot have a public IP address",
            "ECS assigns public addresses on Fargate only.",
            "Turn it off, and use a NAT gateway.",
        )


def exec_without_task_role(launch: Launch) -> Iterator[Violation]:
    if launch.definition is None or not launch.get("enableExecuteCommand"):
        return
    if not (launch.definition.get("taskRoleArn") or launch.part("overrides").get("taskRoleArn")):
        yield Violation(
            launch.at("enableExecuteCommand"),
            "ECS Exec is on, and the tasks have no task role",
            "ECS Exec connects with the permissions of the task role.",
            "Deploy a task definition with a task role that allows ssmmessages.",
        )


def compatibility(launch: Launch) -> Iterator[Violation]:
    kind = launch.get("launchType")
    fits = launch.definition.get("requiresCompatibilities") if launch.definition else None
    if kind and fits and kind not in fits:
        what = f"The task definition does not run on {kind}"
        yield Violation(launch.at("launchType"), what, f"It requires {listed(fits)}.", "Choose another launch type.")
