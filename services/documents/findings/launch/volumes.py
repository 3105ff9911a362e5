"""Rules about EBS volumes that are configured at launch (API reference, ServiceManagedEBSVolumeConfiguration)."""

from collections.abc import Iterator
from typing import Final

from services.documents.findings.parts import Launch, Part, Violation, listed, name_of, outside
from services.documents.findings.references import is_role

#: Volume type -> least and most GiB.
SIZES: Final = {
    "gp2": (1, 16_384), "gp3": (1, 16_384), "io1": (4, 16_384), "io2": (4, 16_384), "sc1": (125, 16_384),
    "st1": (125, 16_384), "standard": (1, 1_024),
}  # fmt: skip
#: Volume types with provisioned operations -> least and most.
IOPS: Final = {"gp3": (3_000, 16_000), "io1": (100, 64_000), "io2": (100, 256_000)}
REQUIRES_IOPS: Final = ("io1", "io2")
MOST_THROUGHPUT: Final = 1_000
DEFAULT_TYPE: Final = "gp3"


def configured(launch: Launch) -> Iterator[Violation]:
    """Compare the volumes with those that the task definition leaves open."""
    if launch.definition is None:
        return
    open_ones = [each.get("name") for each in launch.definition.parts("volumes") if each.get("configuredAtLaunch")]
    named = [each.get("name") for each in launch.parts("volumeConfigurations")]
    for each in launch.parts("volumeConfigurations"):
        if each.get("name") not in open_ones:
            known = f"Enter {listed(open_ones)}." if open_ones else "Remove it, or choose another task definition."
            what = f"The task definition has no volume {name_of(each)} that is configured at launch"
            yield Violation(each.at("name"), what, "", known)
    missing = [name for name in open_ones if name not in named]
    if missing and (launch.creates or launch.has("volumeConfigurations")):
        what = f"The volume {listed(missing)} is not configured"
        why = "The task definition leaves it to the launch."
        yield Violation(launch.at("volumeConfigurations"), what, why, "Configure an EBS volume for it.")


def ebs(launch: Launch) -> Iterator[Violation]:
    for each in launch.parts("volumeConfigurations"):
        if each.has("managedEBSVolume"):
            yield from _volume(each.part("managedEBSVolume"))
        else:
            what = "The volume has no configuration"
            yield Violation(each.at("managedEBSVolume"), what, "", "Add an EBS volume.")


def _volume(volume: Part) -> Iterator[Violation]:
    kind = volume.get("volumeType") or DEFAULT_TYPE
    if kind not in SIZES:
        yield Violation(volume.at("volumeType"), "This is not a volume type", "", f"Enter one of {listed(SIZES)}.")
        return
    if not volume.get("snapshotId") and not volume.has("sizeInGiB"):
        yield Violation(volume.at("sizeInGiB"), "The volume has no size and no snapshot", "", "Enter one of them.")
    yield from outside(volume, "sizeInGiB", *SIZES[kind], unit="GiB")
    if volume.has("roleArn") and not is_role(volume.get("roleArn")):
        how = "Enter the ARN of the infrastructure role for ECS."
        yield Violation(volume.at("roleArn"), "This is not the ARN of an IAM role", "", how)
    if volume.has("volumeInitializationRate") and not volume.get("snapshotId"):
        place, what = volume.at("volumeInitializationRate"), "An initialization rate needs a snapshot"
        yield Violation(place, what, "", "Enter a snapshot, or remove the rate.")
    yield from _performance(volume, kind)


def _performance(volume: Part, kind: str) -> Iterator[Violation]:
    if kind in REQUIRES_IOPS and not volume.has("iops"):
        yield Violation(volume.at("iops"), f"The volume type {kind} requires IOPS", "", "Enter a number.")
    elif kind in IOPS:
        yield from outside(volume, "iops", *IOPS[kind])
    elif volume.has("iops") and kind != "gp2":
        yield Violation(volume.at("iops"), f"The volume type {kind} has no IOPS", "", "Remove it.")
    if volume.has("throughput") and kind != "gp3":
        place, what = volume.at("throughput"), f"The volume type {kind} has no throughput"
        yield Violation(place, what, "Only gp3 has.", "Remove it.")
    elif kind == "gp3":
        yield from outside(volume, "throughput", 125, MOST_THROUGHPUT, "MiB/s")
