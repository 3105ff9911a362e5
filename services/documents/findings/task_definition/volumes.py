"""Rules about volumes and where containers mount them."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from services.documents.findings.parts import Part, Violation, listed, name_of, outside
from services.documents.findings.references import is_arn, is_credential
from services.documents.findings.task_definition.task import NAME, NAME_HOW

FILE_SYSTEM: Final = re.compile(r"fs-[0-9a-z]{1,60}")
KINDS: Final = (
    "configuredAtLaunch", "dockerVolumeConfiguration", "efsVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration", "s3filesVolumeConfiguration",
)  # fmt: skip


def kinds_of(volume: Part) -> list[str]:
    """Return the members that say what kind of volume this is; none for an empty one."""
    kinds = [member for member in KINDS if volume.get(member) or (member in KINDS[1:] and volume.has(member))]
    return [*kinds, "host"] if volume.part("host").get("sourcePath") else kinds


def volumes(definition: Part) -> Iterator[Violation]:
    parts = definition.parts("volumes")
    counts = Counter(each.get("name") for each in parts)
    for each in parts:
        name = each.get("name", "")
        if not name:
            yield Violation(each.at("name"), "The volume has no name", "", NAME_HOW)
        elif not NAME.fullmatch(name):
            yield Violation(each.at("name"), "The name has characters that ECS does not take", "", NAME_HOW)
        elif counts[name] > 1:
            what = f"Two volumes are called {name_of(each)}"
            yield Violation(each.at("name"), what, "", "Give each its own name.")
        if len(kinds_of(each)) > 1:
            what = f"The volume {name_of(each)} has {len(kinds_of(each))} configurations"
            yield Violation(each.pointer, what, "", f"Keep one of {listed(kinds_of(each))}.")


def configured_at_launch(definition: Part) -> Iterator[Violation]:
    later = [each for each in definition.parts("volumes") if each.get("configuredAtLaunch")]
    mounted = {
        mount.get("sourceVolume")
        for container in definition.parts("containerDefinitions")
        for mount in container.parts("mountPoints")
    }
    for each in later:
        if each.get("name") not in mounted:
            what = f"No container mounts the volume {name_of(each)}"
            yield Violation(
                each.pointer, what, "ECS refuses a volume at launch that nothing uses.", "Mount it, or remove it."
            )
    for each in later[1:]:
        what = "Only one volume can be configured at launch"
        yield Violation(each.at("configuredAtLaunch"), what, "", "Turn it off for the others.")


def mounts(definition: Part, container: Part) -> Iterator[Violation]:
    names = {str(each.get("name")): each for each in definition.parts("volumes")}
    for each in container.parts("mountPoints"):
        if each.get("sourceVolume") not in names:
            known = f"The volumes are: {listed(names)}." if names else "Add it under Volumes."
            what = f"The volume {name_of(each, 'sourceVolume')} does not exist"
            yield Violation(each.at("sourceVolume"), what, "", known)
        if not each.get("containerPath"):
            yield Violation(each.at("containerPath"), "The path in the container is missing", "", "Enter it.")


def efs(definition: Part, volume: Part) -> Iterator[Violation]:
    configuration = volume.part("efsVolumeConfiguration")
    access, encrypted = configuration.part("authorizationConfig"), configuration.get("transitEncryption") == "ENABLED"
    if configuration.has("fileSystemId") and not FILE_SYSTEM.fullmatch(configuration.get("fileSystemId")):
        how = "Enter fs- and the ID."
        yield Violation(configuration.at("fileSystemId"), "This is not the ID of an EFS file system", "", how)
    if access.get("accessPointId") and configuration.get("rootDirectory", "/") not in ("", "/"):
        yield Violation(
            configuration.at("rootDirectory"),
            "An access point does not go with a root directory",
            "The access point decides which directory is mounted.",
            "Remove the root directory, or enter /.",
        )
    needs = ["An access point"] if access.get("accessPointId") else []
    needs += ["IAM authorization"] if access.get("iam") == "ENABLED" else []
    if needs and not encrypted:
        what = f"{needs[0]} requires encryption in transit"
        how = "Turn encryption in transit on: ENABLED."
        yield Violation(configuration.at("transitEncryption"), what, "", how)
    if configuration.get("transitEncryptionPort") and not encrypted and not needs:
        how = "Turn encryption in transit on, or remove the port."
        yield Violation(configuration.at("transitEncryptionPort"), "The port is for encryption in transit", "", how)
    yield from outside(configuration, "transitEncryptionPort", 0, 65_535)


def other_file_systems(definition: Part, volume: Part) -> Iterator[Violation]:
    files = volume.part("s3filesVolumeConfiguration")
    for member in ("fileSystemArn", "accessPointArn"):
        if files.get(member) and not is_arn(files.get(member), "s3files"):
            yield Violation(files.at(member), "This is not an ARN of S3 Files", "", "Enter the full ARN.")
    fsx = volume.part("fsxWindowsFileServerVolumeConfiguration").part("authorizationConfig")
    if fsx.has("credentialsParameter") and not is_credential(fsx.get("credentialsParameter")):
        how = "Enter the ARN of a secret in Secrets Manager, or of an SSM parameter."
        yield Violation(fsx.at("credentialsParameter"), "This is not the ARN of a secret", "", how)


def docker_volumes(definition: Part, volume: Part) -> Iterator[Violation]:
    configuration = volume.part("dockerVolumeConfiguration")
    if configuration.get("autoprovision") and configuration.get("scope", "task") != "shared":
        yield Violation(
            configuration.at("autoprovision"),
            "autoprovision applies to the scope shared only",
            "",
            "Remove it, or choose the scope shared.",
        )


def efs_without_task_role(definition: Part, volume: Part) -> Iterator[Violation]:
    access = volume.part("efsVolumeConfiguration").part("authorizationConfig")
    if access.get("iam") == "ENABLED" and not definition.get("taskRoleArn"):
        yield Violation(
            access.at("iam"),
            "IAM authorization uses the task role, and there is none",
            "Tasks cannot mount the file system.",
            "Choose a task role.",
        )
