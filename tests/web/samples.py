"""Sample data for the guide."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from ecsdash.aws.explain import Explanation
from ecsdash.web.charts import Chart, Line
from ecsdash.web.tone import Tone

TONES = [
    ("ACTIVE", Tone.OK),
    ("IN_PROGRESS", Tone.PROGRESS),
    ("DRAINING", Tone.WARN),
    ("FAILED", Tone.BAD),
    ("INACTIVE", Tone.IDLE),
]
CHECKS = [
    SimpleNamespace(level="ok", title="The image exists", detail="web:1.5, pushed 3 h ago"),
    SimpleNamespace(level="warn", title="Only one subnet is chosen", detail="If its zone fails, every task stops."),
    SimpleNamespace(level="block", title="The role may not read the secret", detail="secretsmanager:GetSecretValue"),
    SimpleNamespace(level="pending", title="Checking whether the certificate is valid", detail=""),
]
ERROR = Explanation(
    "AWS refused ecs:UpdateService.",
    "The dashboard's role in this account is not allowed to make this call.",
    "Add the statement below to that role's policy, then retry.",
    "An error occurred (AccessDeniedException): User is not authorized",
    {"Effect": "Allow", "Action": "ecs:UpdateService", "Resource": "*"},
)
CHANGES = [
    ("desiredCount", 2, 3),
    ("image", "web:1.4", "web:1.5"),
    ("tags.team", None, "shop"),
    ("tags.old", "x", None),
]


def parts() -> dict[str, Any]:
    minutes = range(30)
    line = Line("web", [20 + minute % 7 for minute in minutes])
    return {
        "tones": TONES,
        "now": timezone.now() - timedelta(minutes=3),
        "arn": "arn:aws:ecs:eu-central-1:123456789012:task/shop/0f3a9b7d2c914e6f8a5b4c3d2e1f0a9b",
        "values": [3, 5, 4, 8, 9, 7, 12, 11, 15, 9],
        "shares": [("web", 90, "idle"), ("web-alternate", 10, "progress")],
        "pairs": [("Cluster", "shop"), ("Launch type", "FARGATE"), ("Platform version", "1.4.0"), ("Role", "")],
        "data": {"family": "web", "script": "</script><b>bold</b>", "cpu": 256},
        "changes": CHANGES,
        "checks": CHECKS,
        "error": ERROR,
        "chart": Chart("cpu", "CPU", [1_700_000_000 + minute * 60 for minute in minutes], [line], "%", 100),
    }
