"""Task definitions generated from botocore's model that ECS takes: what the rules refuse is taken out again."""

import copy
from random import Random
from typing import Any, Final

from ecsdash.aws.shapes import Shape, input_shape
from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.findings import FindingLevel
from services.documents.findings import task_definition_findings
from tests.services.definitions import ROLE, container, fargate
from tests.services.random_definitions import CALL

Document = dict[str, Any]
#: Members that name what the account must have, or that are given to every definition.
GIVEN: Final = ("family", "taskRoleArn", "executionRoleArn")
#: Plausible texts of members, by the name of the member; of all others a word.
TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "cpu": ("256", "1 vCPU", "512"),
    "memory": ("1024", "2 GB"),
    "image": ("demo/app:1.0", "demo/app@sha256:" + "0" * 64),
    "command": ("sh", "-c", "a\nb", 'echo "a b"', " x "),
    "entryPoint": ("/bin/entry point", "sh"),
    "environmentFiles": ("arn:aws:s3:::bucket/x.env",),
    "name": ("data", "scratch", "app", "side"),
    "value": ("a\r\nb", "", " blanks ", "x", "é😀", "[1]"),
    "valueFrom": ("arn:aws:ssm:eu-central-1:123456789012:parameter/x",),
    "containerPath": ("/data", "/srv/x"),
    "sourcePath": ("/host",),
    "hostPath": ("/dev/x",),
    "path": ("/data",),
    "fileSystemId": ("fs-0123456789abcdef0",),
    "rootDirectory": ("/", "/data"),
    "ipAddress": ("10.0.0.9",),
    "containerPortRange": ("9000-9010", "7000-7002"),
    "workingDirectory": ("/srv", "/srv/a b"),
    "user": ("1000:1000", "app"),
    "dnsServers": ("10.0.0.2",),
    "add": ("SYS_PTRACE",),
    "drop": ("ALL", "MKNOD"),
    "namespace": ("net.core.somaxconn",),
    "expression": ("attribute:ecs.os-type == linux",),
    "containerName": ("app", "side"),
    "sourceContainer": ("app", "side"),
    "sourceVolume": ("data", "scratch"),
    "mountOptions": ("ro", "noexec"),
    "hostname": ("site",),
    "dockerSecurityOptions": ("no-new-privileges",),
    "options": ("a\nb", "5m"),
}
NUMBERS: Final[dict[str, tuple[int, ...]]] = {
    "containerPort": (80, 443, 8080), "hostPort": (80, 443, 8080), "memory": (256, 512), "memoryReservation": (64, 128),
    "cpu": (0, 10, 64), "sizeInGiB": (21, 40), "ignoredExitCodes": (0, 3), "sharedMemorySize": (64,),
}  # fmt: skip
#: Members of lists whose entries have one of several members beside their name.
ONE_OF: Final = ("volumes",)
WORDS: Final = ("app", "side", "data", "scratch", "a_1", "b-2")
MOST_MEMBERS, MOST_ENTRIES, MOST_REPAIRS = 9, 2, 40


def valid_definition(seed: int) -> Document:
    """Return a definition on Fargate or on EC2 with many other members of the model."""
    random = Random(seed)
    shape = input_shape(CALL)
    base = fargate(container("app"), container("side")) if seed % 2 else _on_instances()
    found = {**_structure(random, shape), **copy.deepcopy(base)}
    entry = shape.members["containerDefinitions"].entry
    assert entry is not None
    containers = base["containerDefinitions"]
    found["containerDefinitions"] = [{**_structure(random, entry), **each} for each in containers]
    return _repaired(found, base)


def _on_instances() -> Document:
    sized = [container(name, memory=256) for name in ("app", "side")]
    return {"family": "valid", "networkMode": "bridge", "containerDefinitions": sized}


def _repaired(document: Document, base: Document) -> Document:
    """Return the document without the places that the rules refuse."""
    for name in GIVEN:
        document.pop(name, None)
    document |= {"family": "valid", "executionRoleArn": ROLE}
    for _ in range(MOST_REPAIRS):
        document |= {name: value for name, value in base.items() if name not in ("family", "containerDefinitions")}
        kept = document["containerDefinitions"] = document.get("containerDefinitions", [])[:2]
        kept += [{}] * (2 - len(kept))
        kept[:] = [{**each, **own} for each, own in zip(kept, base["containerDefinitions"], strict=True)]
        found = task_definition_findings(document)
        refused = [each.pointer for each in found if each.level is FindingLevel.BLOCK]
        if not refused:
            return document
        for place in sorted(set(refused), key=_position, reverse=True):
            if place.strip("/") in base:
                _drop_one(document, base)
            else:
                _take_out(document, place)
    raise AssertionError(f"not repaired: {refused}")


def _drop_one(document: Document, base: Document) -> None:
    """Remove the first member that the base does not have: what is refused at a place of the base comes from it."""
    for given, own in (
        (document, base),
        *zip(document["containerDefinitions"], base["containerDefinitions"], strict=True),
    ):
        for name in given:
            if name not in own and name not in GIVEN:
                del given[name]
                return


def _take_out(document: Document, place: str) -> None:
    """Remove what is at a place, or what is to have it; nothing where that is gone already."""
    while place and pointers.value_at(document, place) is pointers.MISSING:
        place = pointers.parent(place)[0]
    if place:
        pointers.remove(document, place)


def _position(place: str) -> list[tuple[int, str]]:
    """Return the key by which later entries of a list come after earlier ones."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in pointers.split(place)]


def _structure(random: Random, shape: Shape, most: int = MOST_MEMBERS) -> Document:
    """Return a structure with some of its members, in any order."""
    always = [*shape.required, *(["name"] if most == 1 else [])]
    optional = sorted(set(shape.members) - set(always))
    names = [*always, *random.sample(optional, random.randint(0, min(most, len(optional))))]
    random.shuffle(names)
    return {name: _value(random, shape.members[name], name) for name in names}


def _value(random: Random, shape: Shape, name: str) -> Any:
    if shape.kind == "structure":
        return _structure(random, shape, 1 if name in ONE_OF else MOST_MEMBERS)
    if shape.kind == "list" and shape.entry:
        return [_value(random, shape.entry, name) for _ in range(random.randint(1, MOST_ENTRIES))]
    if shape.kind == "map" and shape.entry:
        return {word: _value(random, shape.entry, name) for word in random.sample(WORDS, MOST_ENTRIES)}
    if shape.kind == "boolean":
        return random.random() < 0.5
    if shape.kind in ("integer", "long"):
        return random.choice(NUMBERS.get(name, (5, 10, 60, 100)))
    return random.choice(shape.enum or TEXTS.get(name, WORDS))
