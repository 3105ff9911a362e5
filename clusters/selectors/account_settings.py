"""Account settings of ECS, and what each of them changes (ECS developer guide, "Account settings")."""

from dataclasses import dataclass, field
from typing import Any, Final, cast

from django.db.models import QuerySet

from clusters.models import AccountSetting
from ecsdash.inventory.scope import Scope

ON_OFF: Final = {"enabled": "On", "disabled": "Off"}


@dataclass(frozen=True)
class Explanation:
    """`values` are those that people may choose: value -> label. Without values, the setting cannot be changed."""

    label: str
    effect: str
    values: dict[str, str] = field(default_factory=dict)


UNKNOWN: Final = Explanation("", "This version of the dashboard does not know the setting.")
EXPLANATIONS: Final = {
    "awsvpcTrunking": Explanation(
        "ENI trunking",
        "More tasks with a network interface of their own on EC2 instance types that support it. It applies to "
        "instances that are launched afterwards.",
        ON_OFF,
    ),
    "containerInsights": Explanation(
        "Container Insights",
        "The default of new clusters. Existing clusters keep their setting. CloudWatch charges apply.",
        {"disabled": "Off", "enabled": "On", "enhanced": "Enhanced observability"},
    ),
    "defaultLogDriverMode": Explanation(
        "Log driver mode",
        "The delivery mode of containers whose log configuration names none. Blocking: a container waits while its "
        "log cannot be delivered. Non-blocking: log lines are lost then.",
        {"non-blocking": "Non-blocking", "blocking": "Blocking"},
    ),
    "fargateEventWindows": Explanation(
        "Fargate event windows",
        "AWS retires Fargate tasks for updates within the EC2 event windows of the account.",
        ON_OFF,
    ),
    "fargateFIPSMode": Explanation(
        "Fargate FIPS mode", "New Fargate tasks use cryptography that is validated for FIPS 140-2.", ON_OFF
    ),
    "fargateTaskRetirementWaitPeriod": Explanation(
        "Fargate task retirement",
        "How long AWS waits after its notice before it replaces Fargate tasks on an old platform.",
        {"0": "At once", "7": "7 days", "14": "14 days"},
    ),
    "guardDutyActivate": Explanation(
        "GuardDuty Runtime Monitoring", "Set by GuardDuty. Change it in the GuardDuty settings of the account."
    ),
    "tagResourceAuthorization": Explanation(
        "Tagging authorization",
        "On: who creates a resource with tags needs the IAM permission ecs:TagResource too. Test the roles of your "
        "pipelines first.",
        {"on": "On", "off": "Off"},
    ),
    **{
        name: Explanation(f"Long ARNs of {what}", "Always on: AWS no longer offers the short format.")
        for name, what in (
            ("serviceLongArnFormat", "services"),
            ("taskLongArnFormat", "tasks"),
            ("containerInstanceLongArnFormat", "container instances"),
        )
    },
}


def account_settings(user: Any, scope: Scope) -> QuerySet[AccountSetting]:
    rows = AccountSetting.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    return cast("QuerySet[AccountSetting]", rows.select_related("account"))


def explanation_of(setting: AccountSetting) -> Explanation:
    return EXPLANATIONS.get(setting.name, UNKNOWN)


def shown_value(setting: AccountSetting) -> str:
    return explanation_of(setting).values.get(setting.value, setting.value)
