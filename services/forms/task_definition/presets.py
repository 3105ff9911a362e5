"""Buttons that add usual side-cars and log settings to a task definition."""

from collections.abc import Mapping
from typing import Any, Final

from ecsdash.web.forms.document.operations import Preset

Document = Mapping[str, Any]
AWSLOGS: Final = {"logDriver": "awslogs", "options": {"awslogs-stream-prefix": "ecs"}}


def _xray(document: Document) -> dict[str, Any]:
    ports = [{"containerPort": 2000, "protocol": "udp"}]
    return _side_car(document, "xray-daemon", "public.ecr.aws/xray/aws-xray-daemon:latest", portMappings=ports)


def _collector(document: Document) -> dict[str, Any]:
    return _side_car(
        document,
        "aws-otel-collector",
        "public.ecr.aws/aws-observability/aws-otel-collector:latest",
        command=["--config=/etc/ecs/ecs-default-config.yaml"],
    )


def _cloudwatch_agent(document: Document) -> dict[str, Any]:
    secrets = [{"name": "CW_CONFIG_CONTENT", "valueFrom": "ecs-cwagent"}]
    image = "public.ecr.aws/cloudwatch-agent/cloudwatch-agent:latest"
    return _side_car(document, "cloudwatch-agent", image, secrets=secrets)


def _log_router(document: Document) -> dict[str, Any]:
    found = _side_car(document, "log-router", "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable")
    return {
        **found,
        "essential": True,
        "memoryReservation": 50,
        "firelensConfiguration": {"type": "fluentbit", "options": {"enable-ecs-log-metadata": "true"}},
    }


def _side_car(document: Document, name: str, image: str, **members: Any) -> dict[str, Any]:
    """Return a container with a name that no other container has."""
    containers = document.get("containerDefinitions")
    entries = containers if isinstance(containers, list) else []
    taken = {each.get("name") for each in entries if isinstance(each, Mapping)}
    names = (name if number == 1 else f"{name}-{number}" for number in range(1, len(entries) + 2))
    free = next(each for each in names if each not in taken)
    return {
        "name": free, "image": image, "essential": False, **members,
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-stream-prefix": name}},
    }  # fmt: skip


def _logs(driver: str, **options: str) -> dict[str, Any]:
    options = {name.replace("_", "-") if driver != "awsfirelens" else name: value for name, value in options.items()}
    return {"logConfiguration": {"logDriver": driver, **({"options": options} if options else {})}}


PRESETS: Final = {
    "containers": {
        "firelens": Preset("Add log router", _log_router, "FireLens with Fluent Bit"),
        "xray": Preset("Add X-Ray daemon", _xray, "Receives traces at port 2000/udp"),
        "adot": Preset("Add OpenTelemetry collector", _collector, "AWS Distro for OpenTelemetry: traces and metrics"),
        "cloudwatch-agent": Preset(
            "Add CloudWatch agent", _cloudwatch_agent, "Reads its configuration from the SSM parameter ecs-cwagent"
        ),
    },
    "logs": {
        "cloudwatch": Preset("CloudWatch Logs", lambda document: {"logConfiguration": dict(AWSLOGS)}),
        "non-blocking": Preset(
            "CloudWatch Logs, non-blocking",
            lambda document: _logs("awslogs", awslogs_stream_prefix="ecs", mode="non-blocking", max_buffer_size="25m"),
        ),
        "firelens-cloudwatch": Preset(
            "FireLens to CloudWatch Logs",
            lambda document: _logs(
                "awsfirelens", Name="cloudwatch_logs", region="", log_group_name="", log_stream_prefix="ecs-",
                auto_create_group="true",
            ),
        ),
        "firelens-firehose": Preset(
            "FireLens to Data Firehose",
            lambda document: _logs("awsfirelens", Name="kinesis_firehose", region="", delivery_stream=""),
        ),
        "splunk": Preset(
            "Splunk",
            lambda document: {"logConfiguration": {
                "logDriver": "splunk", "options": {"splunk-url": "", "splunk-source": "ecs"},
                "secretOptions": [{"name": "splunk-token", "valueFrom": ""}],
            }},
        ),
    },
}  # fmt: skip
