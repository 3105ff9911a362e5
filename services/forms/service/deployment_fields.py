"""Fields of deployments, of where tasks are placed, and of volumes that a service configures."""

from collections.abc import Mapping
from typing import Any, Final

from ecsdash.web.forms.document.fields import Entries, Field, Row, Section
from ecsdash.web.forms.document.kinds import Boolean, Choice, Choices, Integer, Lines, Number
from ecsdash.web.forms.document.operations import Preset
from services.forms.service.kinds import AnyJson

STRATEGIES: Final = (
    ("ROLLING", "Rolling: new tasks replace old ones step by step"),
    ("BLUE_GREEN", "Blue/green: all traffic at once, after tests"),
    ("LINEAR", "Linear: traffic in equal steps"),
    ("CANARY", "Canary: a small share first, then the rest"),
)
STAGES: Final = tuple((name, name.replace("_", " ").capitalize()) for name in (
    "RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT",
))  # fmt: skip
ABOVE: Final = "deploymentConfiguration"
SHIFTING: Final = ("BLUE_GREEN", "LINEAR", "CANARY")
STRATEGY: Final = f"{ABOVE}/strategy"


def _pause(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "targetType": "PAUSE",
        "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
        "timeoutConfiguration": {"timeoutInMinutes": 60, "action": "ROLLBACK"},
    }


def _function(document: Mapping[str, Any]) -> dict[str, Any]:
    return {"targetType": "AWS_LAMBDA", "hookTargetArn": "", "roleArn": "", "lifecycleStages": ["POST_SCALE_UP"]}


HOOK_PRESETS: Final = {
    "pause": Preset("Add pause", _pause, "A person continues or rolls back the deployment at this stage"),
    "function": Preset("Add Lambda function", _function, "Its answer continues or rolls back the deployment"),
}
HOOKS: Final = Entries(
    f"{ABOVE}/lifecycleHooks",
    "Lifecycle hooks",
    "Add hook",
    "hook",
    (
        Row((
            Field("targetType", "Kind", Choice(choices=(("AWS_LAMBDA", "Lambda function"), ("PAUSE", "Pause")))),
            Field("hookTargetArn", "Lambda function", suggestions="functions", mono=True),
            Field("roleArn", "Hook role", suggestions="infrastructure-roles", mono=True),
        )),
        Field("lifecycleStages", "Stages", Choices(choices=STAGES), required=True),
        Row((
            Field("timeoutConfiguration/timeoutInMinutes", "Timeout", Integer(), unit="min"),
            Field("timeoutConfiguration/action", "After the timeout",
                  Choice(choices=(("ROLLBACK", "Roll back"), ("CONTINUE", "Continue")))),
            Field("hookDetails", "Data for the function", AnyJson(), mono=True, help="JSON"),
        )),
    ),
    named_by=("targetType",),
    new={"lifecycleStages": []},
    presets="hooks",
    single=False,
)  # fmt: skip

DEPLOYMENTS: Final = Section(
    "Deployments",
    folded=False,
    below="services/services/time_line.html",
    parts=(
        Row((
            Field(STRATEGY, "Strategy", Choice(choices=STRATEGIES, unset="Not set (rolling)")),
            Field(f"{ABOVE}/minimumHealthyPercent", "Minimum running tasks %", Integer(), unit="%",
                  help="Lower limit of running tasks during a deployment, in percent of the desired tasks."),
            Field(f"{ABOVE}/maximumPercent", "Maximum running tasks %", Integer(), unit="%",
                  help="Upper limit of running tasks during a deployment, in percent of the desired tasks."),
        )),
        Row((
            Field(f"{ABOVE}/deploymentCircuitBreaker/enable", "Deployment circuit breaker",
                  Boolean(yes="On", no="Off", unset="Not set (off)"), help="Ends a deployment whose tasks fail"),
            Field(f"{ABOVE}/deploymentCircuitBreaker/rollback", "After it failed",
                  Boolean(yes="Roll back", no="Stop", unset="Not set"), help="Both are needed to turn it on"),
        )),
        Section("Circuit breaker thresholds", (
            Row((
                Field(f"{ABOVE}/deploymentCircuitBreaker/thresholdConfiguration/type", "Failed tasks are counted",
                      Choice(choices=(("COUNT", "As a number"), ("BOUNDED_PERCENT", "In percent, within limits"),
                                      ("UNBOUNDED_PERCENT", "In percent, without limits")))),
                Field(f"{ABOVE}/deploymentCircuitBreaker/thresholdConfiguration/value", "Threshold", Integer()),
                Field(f"{ABOVE}/deploymentCircuitBreaker/resetOnHealthyTask", "A healthy task resets the count",
                      Boolean()),
            )),
        )),
        Section("Traffic shifting: bake times, steps and hooks", (
            Row((
                Field(f"{ABOVE}/bakeTimeInMinutes", "Bake time", Integer(), unit="min",
                      help="Both revisions run this long after all traffic was shifted"),
                Field(f"{ABOVE}/linearConfiguration/stepPercent", "Linear: share of each step", Number(), unit="%",
                      when=(STRATEGY, ("LINEAR",))),
                Field(f"{ABOVE}/linearConfiguration/stepBakeTimeInMinutes", "Linear: time between steps", Integer(),
                      unit="min", when=(STRATEGY, ("LINEAR",))),
                Field(f"{ABOVE}/canaryConfiguration/canaryPercent", "Canary: share", Number(), unit="%",
                      when=(STRATEGY, ("CANARY",))),
                Field(f"{ABOVE}/canaryConfiguration/canaryBakeTimeInMinutes", "Canary: time before the rest",
                      Integer(), unit="min", when=(STRATEGY, ("CANARY",))),
            )),
            HOOKS,
        )),
        Section("CloudWatch alarms", (
            Field(f"{ABOVE}/alarms/alarmNames", "Alarms", Lines(), mono=True, help="Names, one in each line"),
            Row((
                Field(f"{ABOVE}/alarms/enable", "An alarm fails the deployment", Boolean()),
                Field(f"{ABOVE}/alarms/rollback", "And rolls it back", Boolean()),
            )),
        )),
        Section("Early success", (
            Row((
                Field(f"{ABOVE}/earlySuccessCriteria/enable", "Succeed before all tasks run",
                      Boolean(yes="On", no="Off")),
                Field(f"{ABOVE}/earlySuccessCriteria/healthyPercent", "Healthy tasks", Integer(), unit="%"),
                Field(f"{ABOVE}/earlySuccessCriteria/sourceServiceRevisionCleanup", "Old tasks stop",
                      Choice(choices=(("BLOCKING", "Before the deployment ends"), ("DEFERRED", "Afterwards")))),
            )),
        )),
    ),
)  # fmt: skip

PLACED: Final = (
    Entries(
        "placementStrategy", "Placement strategy", "Add placement strategy", "placement strategy",
        (Row((
            Field("type", "Type", Choice(choices=(("spread", "Spread"), ("binpack", "Binpack"), ("random", "Random")))),
            Field("field", "By", mono=True, suggestions="placement-fields"),
        )),),
        named_by=("type",), new={"type": "spread", "field": "attribute:ecs.availability-zone"}, movable=True,
    ),
    Entries(
        "placementConstraints", "Placement constraints", "Add placement constraint", "placement constraint",
        (Row((
            Field("type", "Type", Choice(choices=(("distinctInstance", "Distinct instance"),
                                                  ("memberOf", "Member of")))),
            Field("expression", "Expression", mono=True, placeholder="attribute:ecs.instance-type =~ t3.*"),
        )),),
        named_by=("expression", "type"), new={"type": "memberOf", "expression": ""},
    ),
)  # fmt: skip
PLACEMENT: Final = Section(
    "Placement and Availability Zones",
    (
        Field(
            "availabilityZoneRebalancing",
            "Availability Zone rebalancing",
            Choice(choices=(("ENABLED", "On"), ("DISABLED", "Off"))),
        ),
        *PLACED,
    ),
    help="For container instances. Availability Zone rebalancing is for Fargate too.",
)

EBS: Final = "managedEBSVolume"
VOLUME_PARTS: Final = (
    Row((
        Field("name", "Volume", suggestions="volumes", required=True, mono=True,
              help="A volume that the task definition configures at launch"),
        Field(f"{EBS}/roleArn", "Infrastructure role", suggestions="infrastructure-roles", required=True, mono=True),
    )),
    Row((
        Field(f"{EBS}/volumeType", "Type", Choice(choices=tuple((name, name) for name in (
            "gp3", "gp2", "io2", "io1", "sc1", "st1", "standard")), unset="Not set (gp3)")),
        Field(f"{EBS}/sizeInGiB", "Size", Integer(), unit="GiB"),
        Field(f"{EBS}/iops", "IOPS", Integer()),
        Field(f"{EBS}/throughput", "Throughput", Integer(), unit="MiB/s"),
    )),
    Row((
        Field(f"{EBS}/filesystemType", "File system", Choice(choices=tuple((name, name) for name in (
            "xfs", "ext4", "ext3", "ntfs")), unset="Not set (xfs)")),
        Field(f"{EBS}/encrypted", "Encrypted", Boolean()),
        Field(f"{EBS}/kmsKeyId", "KMS key", mono=True),
        Field(f"{EBS}/snapshotId", "From snapshot", mono=True),
        Field(f"{EBS}/volumeInitializationRate", "Initialization rate", Integer(), unit="MiB/s"),
    )),
    Entries(
        f"{EBS}/tagSpecifications", "Tags of the volume", "Add tags", "tags",
        (
            Row((
                Field("resourceType", "Of", Choice(choices=(("volume", "Volume"),))),
                Field("propagateTags", "Propagate",
                      Choice(choices=(("SERVICE", "From the service"), ("TASK_DEFINITION", "From the task definition"),
                                      ("NONE", "None")))),
            )),
            Entries("tags", "Tags", "Add tag", "tag",
                    (Row((Field("key", "Key", required=True), Field("value", "Value"))),),
                    named_by=("key",), new={"key": "", "value": ""}),
        ),
        named_by=("resourceType",), new={"resourceType": "volume"}, single=False,
    ),
)  # fmt: skip
VOLUMES: Final = Section(
    "EBS volumes",
    (
        Entries(
            "volumeConfigurations", "Volumes", "Add volume", "volume", VOLUME_PARTS,
            new={"name": "", EBS: {"roleArn": "", "sizeInGiB": 20}}, single=False,
        ),
    ),
)  # fmt: skip

CONTROLLER: Final = Section(
    "Deployment controller and service role",
    (
        Row((
            Field("deploymentController/type", "Deployment controller",
                  Choice(choices=(("ECS", "ECS"), ("CODE_DEPLOY", "AWS CodeDeploy"), ("EXTERNAL", "External")),
                         unset="Not set (ECS)"),
                  help="With another one than ECS, this dashboard shows the service, and changes what ECS lets it."),
            Field("role", "Service role", mono=True,
                  help="For load balancers outside awsvpc mode. Not set: the service-linked role."),
        )),
    ),
)  # fmt: skip
