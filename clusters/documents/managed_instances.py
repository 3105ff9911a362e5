"""Capacity providers of ECS Managed Instances as documents: validation, and what differs between two of them.

The document of a new provider has the parameters of CreateCapacityProvider without the cluster, that of a present one
the member `managedInstancesProvider` of UpdateCapacityProvider.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ecsdash.aws.shapes import input_shape
from ecsdash.masking import pointer
from ecsdash.web.forms.document import model
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.violations import Violation

Json = Mapping[str, Any]
CREATE, UPDATE = "ecs.create_capacity_provider", "ecs.update_capacity_provider"
PROVIDER, TEMPLATE, REQUIREMENTS = "managedInstancesProvider", "instanceLaunchTemplate", "instanceRequirements"
PROVIDER_NAME: Final = re.compile(r"\A(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}\Z", re.IGNORECASE | re.ASCII)
PROVIDER_AT, TEMPLATE_AT = f"/{PROVIDER}", f"/{PROVIDER}/{TEMPLATE}"
REQUIREMENTS_AT: Final = f"{TEMPLATE_AT}/{REQUIREMENTS}"
LONGEST_IDLE: Final = 3600
MOST_TAGS: Final = 48
ACCELERATOR_MEMBERS: Final = (
    "acceleratorCount", "acceleratorTotalMemoryMiB", "acceleratorManufacturers", "acceleratorNames",
)  # fmt: skip
SPOT_LIMITS: Final = ("spotMaxPricePercentageOverLowestPrice", "maxSpotPriceAsPercentageOfOptimalOnDemandPrice")


def updatable(settings: Json) -> dict[str, Any]:
    """Return the settings of a provider, as ECS describes them, that UpdateCapacityProvider takes."""
    shape = input_shape(UPDATE).members[PROVIDER]
    template = {
        name: value for name, value in settings.get(TEMPLATE, {}).items() if name in shape.members[TEMPLATE].members
    }
    return {name: value for name, value in settings.items() if name in shape.members} | {TEMPLATE: template}


def provider_findings(document: Json, *, creates: bool) -> list[Finding]:
    """Return what ECS refuses, and advice. The rules are asked once the model accepts the document."""
    call = CREATE if creates else UPDATE
    fixed = () if creates else tuple(_fixed(document))
    placed = {each.pointer for each in fixed}
    named = document if creates else {"name": "present", **document}
    violations = model.read(named, input_shape(call)).violations
    found = [*fixed, *(each for each in violations if each.pointer not in placed)]
    if not found:
        found = list(_refused(document, creates=creates))
    if found:
        return [_finding(each, FindingLevel.BLOCK) for each in found]
    return [_finding(each, FindingLevel.WARN) for each in _advice(document)]


def _finding(violation: Violation, level: FindingLevel) -> Finding:
    return Finding(violation.pointer, level, violation.what, violation.why, violation.how)


def _fixed(document: Json) -> Iterator[Violation]:
    """Yield the members that only CreateCapacityProvider takes."""
    template = _at(document, PROVIDER, TEMPLATE)
    new = input_shape(CREATE).members[PROVIDER].members[TEMPLATE].members
    present = input_shape(UPDATE).members[PROVIDER].members[TEMPLATE].members
    for name in template:
        if name in new and name not in present:
            what, how = f"{name} cannot be changed after the creation", "Remove it, or create another provider."
            yield Violation(TEMPLATE_AT + pointer(name), what, "", how)


def _refused(document: Json, *, creates: bool) -> Iterator[Violation]:
    if creates:
        yield from _new(document)
    elif document.keys() - {PROVIDER}:
        yield Violation("", "Only managedInstancesProvider can be changed here", "", "Remove the other members.")
    provider, template = _at(document, PROVIDER), _at(document, PROVIDER, TEMPLATE)
    if not _at(template, "networkConfiguration").get("subnets"):
        yield Violation(f"{TEMPLATE_AT}/networkConfiguration/subnets", "No subnet is selected", "", "Select subnets.")
    if not template.get("ec2InstanceProfileArn"):
        place = f"{TEMPLATE_AT}/ec2InstanceProfileArn"
        yield Violation(place, "No instance profile is selected", "", "Choose one.")
    idle = _at(provider, "infrastructureOptimization").get("scaleInAfter", 0)
    if not -1 <= idle <= LONGEST_IDLE:
        place = f"{PROVIDER_AT}/infrastructureOptimization/scaleInAfter"
        yield Violation(place, f"{idle} s is out of range", "", f"Enter 0 to {LONGEST_IDLE}, or -1 for never.")
    if template.get("nitroEnclavesEnabled") and _at(template, "localStorageConfiguration").get("useLocalStorage"):
        what = "The Nitro sandbox and local storage exclude each other"
        yield Violation(f"{TEMPLATE_AT}/nitroEnclavesEnabled", what, "", "Switch one of them off.")
    yield from _requirements(template.get(REQUIREMENTS) or {})


def _new(document: Json) -> Iterator[Violation]:
    if not PROVIDER_NAME.match(document["name"]):
        how = "Use letters, digits, hyphens and underscores. It must not begin with aws, ecs or fargate."
        yield Violation("/name", "The name is not valid", "", how)
    if PROVIDER not in document:
        yield Violation(PROVIDER_AT, f"{PROVIDER} is missing", "", "Fill in the form.")
    for member in document.keys() & {"autoScalingGroupProvider", "cluster"}:
        yield Violation(f"/{member}", f"{member} has no place here", "", "Remove it.")
    tags = document.get("tags") or []
    for number, tag in enumerate(tags):
        if str(tag.get("key", "")).lower().startswith("aws:"):
            yield Violation(f"/tags/{number}/key", "Keys that begin with aws: are reserved", "", "Change the key.")
    if len(tags) > MOST_TAGS:
        how = f"Keep at most {MOST_TAGS}: the dashboard adds two of its own."
        yield Violation("/tags", f"{len(tags)} tags are too many", "", how)


def _requirements(requirements: Json) -> Iterator[Violation]:
    for member, limits in requirements.items():
        if isinstance(limits, Mapping) and limits.get("max") is not None and limits["max"] < limits.get("min", 0):
            what = f"The maximum {limits['max']} is below the minimum {limits.get('min', 0)}"
            yield Violation(f"{REQUIREMENTS_AT}/{member}/max", what, "", "Enter a greater maximum, or none.")
    if requirements.get("allowedInstanceTypes") and requirements.get("excludedInstanceTypes"):
        what = "Allowed and excluded instance types exclude each other"
        yield Violation(f"{REQUIREMENTS_AT}/excludedInstanceTypes", what, "", "Leave one of the lists empty.")
    if all(requirements.get(member) is not None for member in SPOT_LIMITS):
        what = "Two limits of the Spot price exclude each other"
        yield Violation(f"{REQUIREMENTS_AT}/{SPOT_LIMITS[1]}", what, "", "Leave one of them empty.")
    if any(requirements.get(member) for member in ACCELERATOR_MEMBERS) and not requirements.get("acceleratorTypes"):
        what = "The types of the accelerators are missing"
        yield Violation(f"{REQUIREMENTS_AT}/acceleratorTypes", what, "", "Choose at least one.")


def _advice(document: Json) -> Iterator[Violation]:
    template = _at(document, PROVIDER, TEMPLATE)
    requirements, option = template.get(REQUIREMENTS) or {}, template.get("capacityOptionType", "")
    for member in SPOT_LIMITS:
        if requirements.get(member) is not None and option in ("ON_DEMAND", "RESERVED"):
            why = "The capacity provider launches no Spot Instances."
            yield Violation(f"{REQUIREMENTS_AT}/{member}", "The limit has no effect", why)
    if template.get("capacityReservations") and option == "SPOT":
        why = "Spot Instances use no Capacity Reservations."
        yield Violation(f"{TEMPLATE_AT}/capacityReservations", "It has no effect", why)


def _at(document: Json, *names: str) -> Json:
    """Return an object below the document, an empty one if it is missing or no object."""
    value: Any = document
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
