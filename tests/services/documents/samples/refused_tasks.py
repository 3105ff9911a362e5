"""Task definitions that ECS refuses: their types and values, and the task as a whole."""

from typing import Any

from tests.services.definitions import container
from tests.services.documents.samples.builders import APP, base, depends, efs, two, volume

REFUSED_TASKS: dict[str, tuple[Any, str, str]] = {
    # The model.
    "a list": ([], "", "A list where ECS expects another type"),
    "text": ("family: f", "", "Text where"),
    "null": (None, "", "null where"),
    "a placeholder for a number": (base({"memory": "${MEM}"}), f"{APP}/memory", "The placeholder ${MEM} is left"),
    "a number for text": (base(cpu=256), "/cpu", "Write it in quotes"),
    "text for a number": (base({"memory": "128"}), f"{APP}/memory", "a whole number, without quotes"),
    "a fraction for a whole number": (base({"memory": 1.5}), f"{APP}/memory", "a whole number"),
    "true for a number": (base({"memory": True}), f"{APP}/memory", "a whole number"),
    "text for true": (base({"essential": "true"}), f"{APP}/essential", "true or false, without quotes"),
    "text for a list": (base({"command": "run"}), f"{APP}/command", "a list"),
    "null in a list": (base({"command": [None]}), f"{APP}/command/0", "null where"),
    "a list for an object": (base({"healthCheck": []}), f"{APP}/healthCheck", "an object"),
    "an unknown member": (base({"colour": "red"}), f"{APP}/colour", "ECS does not know the member colour"),
    "a misspelt member": (base({"healthcheck": {}}), f"{APP}/healthcheck", "Write healthCheck"),
    "a member in another case": (base(ContainerDefinitions=[]), "/ContainerDefinitions", "Write containerDefinitions"),
    "a placeholder for a network mode": (
        base(networkMode="${MODE}"), "/networkMode", "The placeholder ${MODE} is left"
    ),
    "an empty key of a tag": (base(tags=[{"key": ""}]), "/tags/0/key", "It is empty"),
    "a network mode of Windows": (base(networkMode="default"), "/networkMode", "“default”"),
    "a condition in lower case": (
        two({}, **depends("db", "healthy")), f"{APP}/dependsOn/0/condition", "Write HEALTHY."
    ),
    "a compatibility in lower case": (
        base(requiresCompatibilities=["fargate"]), "/requiresCompatibilities/0", "Write FARGATE."
    ),
    "no family": ({"containerDefinitions": base()["containerDefinitions"]}, "/family", "family is missing"),
    "no containers": ({"family": "f"}, "/containerDefinitions", "containerDefinitions is missing"),
    "null for what is required": (base() | {"family": None}, "/family", "family is missing"),
    "an empty log configuration": (base({"logConfiguration": {}}), f"{APP}/logConfiguration/logDriver", "is missing"),
    "too long a tag": (base(tags=[{"key": "k" * 129}]), "/tags/0/key", "at most 128"),
    # The task.
    "an empty family": (base() | {"family": ""}, "/family", "family is missing"),
    "a family with blanks": (base() | {"family": "a b"}, "/family", "does not take"),
    "an empty list of containers": (base() | {"containerDefinitions": []}, "/containerDefinitions", "at least one"),
    "eleven containers": (
        base() | {"containerDefinitions": [container(f"c{n}", memory=64) for n in range(11)]},
        "/containerDefinitions", "at most 10",
    ),
    "no essential container": (base({"essential": False}), f"{APP}/essential", "must be essential"),
    "a CPU size in MB": (base(cpu="512MB"), "/cpu", "not a CPU size"),
    "a placeholder for a size": (base(memory="${MEM}"), "/memory", "The placeholder ${MEM} is left"),
    "a memory size in MB": (base(memory="512MB"), "/memory", "not a memory size"),
    "too little CPU": (base(cpu="64"), "/cpu", "out of range"),
    "a malformed role": (base(taskRoleArn="arn:aws:iam::1234:role/app"), "/taskRoleArn", "not the ARN of an IAM role"),
    "a user for a role": (
        base(executionRoleArn="arn:aws:iam::123456789012:user/app"), "/executionRoleArn", "not the ARN of an IAM role"
    ),
    "a placeholder in a role": (
        base(executionRoleArn="arn:aws:iam::XXXXXXXXXXXX:role/app"), "/executionRoleArn",
        "The placeholder XXXXXXXXXXXX is left",
    ),
    "a tag of AWS": (base(tags=[{"key": "aws:team", "value": "a"}]), "/tags/0/key", "aws:"),
    "a tag of AWS in capitals": (base(tags=[{"key": "AWS:team", "value": "a"}]), "/tags/0/key", "aws:"),
    "the 50th tag": (base(tags=[{"key": f"k{n}"} for n in range(50)]), "/tags", "the operation adds one of its own"),
    "a tag twice": (base(tags=[{"key": "a"}, {"key": "a"}]), "/tags/0/key", "set twice"),
    "a tag without key": (base(tags=[{"value": "a"}]), "/tags/0/key", "no key"),
    "a tag with a comma": (base(tags=[{"key": "a", "value": "b,c"}]), "/tags/0/value", "does not take"),
    "an empty constraint": (base(placementConstraints=[{"type": "memberOf"}]), "/placementConstraints/0/expression",
                            "needs an expression"),
    "11 constraints": (base(placementConstraints=[{"type": "memberOf", "expression": "a"}] * 11),
                       "/placementConstraints", "too many"),
    "a sandbox on EC2": (base(trustedExecutionConfiguration={"isolationMode": "SHARED"}),
                         "/trustedExecutionConfiguration", "Managed Instances"),
    "awsvpc on external instances": (
        base(requiresCompatibilities=["EXTERNAL"], networkMode="awsvpc"), "/networkMode", "do not support"
    ),
    "a large container in a small task": (base({"memory": 600}, memory="512"), f"{APP}/memory", "600 MiB in total"),
    "reservations above the task": (
        base({"memory": 700, "memoryReservation": 600}, memory="512"), f"{APP}/memoryReservation", "600 MiB in total"
    ),
    "a limit above the task": (
        base({"memory": 600, "memoryReservation": 100}, memory="512"), f"{APP}/memory", "greater than the 512 MiB"
    ),
    "too much CPU": (base({"cpu": 300}, cpu="256"), f"{APP}/cpu", "300 CPU units in total"),
    # Volumes.
    "a mount of nothing": (
        base({"mountPoints": [{"sourceVolume": "data", "containerPath": "/d"}]}), f"{APP}/mountPoints/0/sourceVolume",
        "The volume data does not exist",
    ),
    "a mount without its path": (
        base({"mountPoints": [{"sourceVolume": "data"}]}, **volume()), f"{APP}/mountPoints/0/containerPath", "missing"
    ),
    "a volume without name": (base(volumes=[{}]), "/volumes/0/name", "no name"),
    "a volume with a blank": (base(volumes=[{"name": "a b"}]), "/volumes/0/name", "does not take"),
    "a large port of encryption": (
        base(**efs(transitEncryption="ENABLED", transitEncryptionPort=65536)),
        "/volumes/0/efsVolumeConfiguration/transitEncryptionPort", "0 to 65535",
    ),
    "malformed credentials of FSx": (
        base(**volume(fsxWindowsFileServerVolumeConfiguration={
            "fileSystemId": "fs-1", "rootDirectory": "data",
            "authorizationConfig": {"credentialsParameter": "arn:aws:iam::1:x", "domain": "example.com"}})),
        "/volumes/0/fsxWindowsFileServerVolumeConfiguration/authorizationConfig/credentialsParameter",
        "not the ARN of a secret",
    ),
    "two volumes of one name": (base(volumes=[{"name": "a"}, {"name": "a"}]), "/volumes/0/name", "Two volumes"),
    "two volumes at launch": (
        base(volumes=[{"name": "a", "configuredAtLaunch": True}, {"name": "b", "configuredAtLaunch": True}]),
        "/volumes/1/configuredAtLaunch", "Only one volume",
    ),
    "a volume of two kinds": (
        base(**volume(efsVolumeConfiguration={"fileSystemId": "fs-1"}, host={"sourcePath": "/d"})), "/volumes/0",
        "2 configurations",
    ),
    "an access point with a root": (
        base(**efs(rootDirectory="/x", transitEncryption="ENABLED", authorizationConfig={"accessPointId": "fsap-1"})),
        "/volumes/0/efsVolumeConfiguration/rootDirectory", "access point",
    ),
    "IAM without encryption": (
        base(**efs(authorizationConfig={"iam": "ENABLED"})), "/volumes/0/efsVolumeConfiguration/transitEncryption",
        "IAM authorization requires encryption",
    ),
    "a file system by its name": (
        base(**volume(efsVolumeConfiguration={"fileSystemId": "data"})),
        "/volumes/0/efsVolumeConfiguration/fileSystemId", "not the ID",
    ),
    "S3 Files by name": (
        base(**volume(s3filesVolumeConfiguration={"fileSystemArn": "files"})),
        "/volumes/0/s3filesVolumeConfiguration/fileSystemArn", "not an ARN of S3 Files",
    ),
}  # fmt: skip
