"""Places of a document in words: `/containerDefinitions/0/image` of a container app is "container app > image"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.documents.findings.parts import Part, name_of

#: Lists of objects: the word for one of them, and the members that name it, the first one that is there.
ENTRIES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "capacityProviderStrategy": ("capacity provider", ("capacityProvider",)),
    "clientAliases": ("client alias", ("dnsName", "port")),
    "containerDefinitions": ("container", ("name",)),
    "containerOverrides": ("override of", ("name",)),
    "dependsOn": ("dependency on", ("containerName",)),
    "devices": ("device", ("hostPath",)),
    "environment": ("variable", ("name",)),
    "environmentFiles": ("environment file", ()),
    "extraHosts": ("extra host", ("hostname",)),
    "lifecycleHooks": ("lifecycle hook", ()),
    "loadBalancers": ("load balancer of", ("containerName",)),
    "mountPoints": ("mount point", ("containerPath", "sourceVolume")),
    "placementStrategy": ("placement strategy", ()),
    "portMappings": ("port", ("name", "containerPort", "containerPortRange")),
    "properties": ("property", ("name",)),
    "requiresCompatibilities": ("compatibility", ()),
    "resourceRequirements": ("resource", ("type",)),
    "secretOptions": ("secret option", ("name",)),
    "secrets": ("secret", ("name",)),
    "serviceRegistries": ("service registry", ()),
    "services": ("Service Connect service", ("portName",)),
    "systemControls": ("system control", ("namespace",)),
    "tags": ("tag", ("key",)),
    "tmpfs": ("tmpfs", ("containerPath",)),
    "ulimits": ("ulimit", ("name",)),
    "volumeConfigurations": ("volume", ("name",)),
    "volumes": ("volume", ("name",)),
    "volumesFrom": ("volumes from", ("sourceContainer",)),
    "vpcLatticeConfigurations": ("VPC Lattice target", ("portName",)),
}
#: Members whose words are not those of their name.
MEMBERS: Final[Mapping[str, str]] = {
    "assignPublicIp": "public IP address",
    "awsvpcConfiguration": "network",
    "credentialsParameter": "credentials",
    "dockerVolumeConfiguration": "Docker volume",
    "efsVolumeConfiguration": "EFS",
    "executionRoleArn": "execution role",
    "firelensConfiguration": "FireLens configuration",
    "fsxWindowsFileServerVolumeConfiguration": "FSx for Windows File Server",
    "managedEBSVolume": "EBS volume",
    "requiresCompatibilities": "compatibilities",
    "s3filesVolumeConfiguration": "S3 Files",
    "serviceConnectConfiguration": "Service Connect",
    "sizeInGiB": "size in GiB",
    "taskRoleArn": "task role",
    "tmpfs": "tmpfs",
    "ulimits": "ulimits",
}
CAPITALS: Final = frozenset({"arn", "cpu", "dns", "ebs", "efs", "gpu", "iam", "id", "ip", "ipc", "kms", "pid", "tls"})
WORD: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
#: Longer pointers are cut: a place is at most that deep.
DEEPEST: Final = 12


def place_in_words(document: Any, pointer: str) -> str:
    """Return the place in words, "" for the whole document. Names are those of the document."""
    return " > ".join(_steps(document, _names(pointer)))


def _names(pointer: str) -> list[str]:
    parts = pointer[:1000].split("/")[1 : DEEPEST + 1]
    return [part.replace("~1", "/").replace("~0", "~") for part in parts]


def _steps(value: Any, names: Sequence[str]) -> Iterator[str]:
    outer = ""
    for position, name in enumerate(names):
        inner = _below(value, name)
        if isinstance(value, list) and name.isdecimal():
            yield _entry(outer, inner, int(name[:9]) + 1)
        elif not _is_entry(inner, names[position + 1 : position + 2]):
            yield _member(name)
        value, outer = inner, name


def _below(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list) and name.isdecimal() and int(name[:9]) < len(value):
        return value[int(name[:9])]
    return None


def _is_entry(value: Any, following: Sequence[str]) -> bool:
    """Return whether the next step names an entry of this list, which says more than the name of the list."""
    return isinstance(value, list) and bool(following) and following[0].isdecimal()


def _entry(member: str, value: Any, number: int) -> str:
    word, naming = ENTRIES.get(member, (f"{_member(member).removesuffix('s')}", ()))
    if isinstance(value, Mapping):
        part = Part("", value)
        names = [name_of(part, each) for each in naming if isinstance(value.get(each), str | int) and value[each]]
        if names:
            return f"{word} {names[0]}"
    return f"{word.removesuffix(' of').removesuffix(' on').removesuffix(' from')} {number}"


def _member(name: str) -> str:
    if name in MEMBERS:
        return MEMBERS[name]
    words = [word.lower() for word in WORD.findall(name[:100])]
    return " ".join(word.upper() if word in CAPITALS else word for word in words) or name[:100]
