"""Task definitions that ECS takes, and what often goes wrong with them."""

from tests.services.documents.samples.builders import APP, WINDOWS, Document, base, efs, on_fargate, ports, volume
from tests.services.documents.samples.taken import TAKEN

ADVICE: dict[str, tuple[Document, str, str]] = {
    "an image without tag": (base({"image": "demo/app"}), f"{APP}/image", "not pinned"),
    "an image with the tag latest": (base({"image": "host:5000/app:latest"}), f"{APP}/image", "not pinned"),
    "a plain secret": (
        base({"environment": [{"name": "DB_PASSWORD", "value": "hunter2"}]}), f"{APP}/environment/0/value", "plain text"
    ),
    "a placeholder in the environment": (
        base({"environment": [{"name": "HOST", "value": "db.<DOMAIN>"}]}), f"{APP}/environment/0/value", "placeholder"
    ),
    "a router of its own log": (
        base({"firelensConfiguration": {"type": "fluentbit"}, "logConfiguration": {"logDriver": "awsfirelens"}}),
        f"{APP}/logConfiguration/logDriver", "its own log",
    ),
    "a placeholder in a log group": (
        base({"logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": "/ecs/{{ name }}", "awslogs-region": "eu-central-1"}}}),
        f"{APP}/logConfiguration/options/awslogs-group", "placeholder",
    ),
    "a variable twice": (TAKEN["a variable twice"], f"{APP}/environment/1/name", "A is set 2 times"),
    "environment files without a role": (
        base({"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::bucket/a.env"}]}), "/executionRoleArn",
        "Environment files",
    ),
    "no health check": (base(), f"{APP}/healthCheck", "no health check"),
    "no log": (base(), f"{APP}/logConfiguration", "no log configuration"),
    "IAM without a task role": (
        base(**efs(transitEncryption="ENABLED", authorizationConfig={"iam": "ENABLED"})),
        "/volumes/0/efsVolumeConfiguration/authorizationConfig/iam", "task role",
    ),
    "a capability with its prefix": (
        base({"linuxParameters": {"capabilities": {"drop": ["CAP_KILL"]}}}),
        f"{APP}/linuxParameters/capabilities/drop/0", "Write KILL.",
    ),
    "an application protocol without name": (
        base(ports({"containerPort": 80, "appProtocol": "http"})), f"{APP}/portMappings/0/appProtocol", "no effect"
    ),
    "a limit that Fargate sets": (
        on_fargate({"ulimits": [{"name": "core", "softLimit": 1, "hardLimit": 1}]}), f"{APP}/ulimits/0", "nofile"
    ),
    "a Docker volume of one task": (
        base(**volume(dockerVolumeConfiguration={"autoprovision": True})),
        "/volumes/0/dockerVolumeConfiguration/autoprovision", "scope shared",
    ),
    "an accelerator": (
        base(inferenceAccelerators=[{"deviceName": "a", "deviceType": "b"}]), "/inferenceAccelerators", "no longer"
    ),
    "Elastic Inference": (
        base({"resourceRequirements": [{"type": "InferenceAccelerator", "value": "a"}]}),
        f"{APP}/resourceRequirements/0", "no longer available",
    ),
    "Linux parameters on Windows": (
        base({"linuxParameters": {"initProcessEnabled": True}}, runtimePlatform=WINDOWS), f"{APP}/linuxParameters",
        "Windows",
    ),
}  # fmt: skip
