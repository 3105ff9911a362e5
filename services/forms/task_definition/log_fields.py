"""Fields of a container: its log driver, and FireLens of a log router."""

from typing import Final

from ecsdash.web.forms.document.fields import Entries, Field, Pairs, Row, Section
from ecsdash.web.forms.document.kinds import Choice

DRIVERS: Final = (
    ("awslogs", "CloudWatch Logs (awslogs)"),
    ("awsfirelens", "FireLens log router (awsfirelens)"),
    ("splunk", "Splunk"),
    ("fluentd", "Fluentd (EC2)"),
    ("gelf", "Graylog (gelf, EC2)"),
    ("syslog", "syslog (EC2)"),
    ("journald", "journald (EC2)"),
    ("json-file", "json-file (EC2)"),
)
DRIVER, OPTIONS = "logConfiguration/logDriver", "logConfiguration/options"
AWSLOGS: Final = (DRIVER, ("awslogs",))
OWN_FIELDS: Final = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix")

LOGS: Final = Section(
    "Logs",
    (
        Row((
            Field(DRIVER, "Log driver", Choice(choices=DRIVERS, unset="No logs")),
            Field(f"{OPTIONS}/awslogs-group", "Log group", mono=True, suggestions="known-log-groups", when=AWSLOGS),
            Field(f"{OPTIONS}/awslogs-region", "Region of the log group", mono=True, when=AWSLOGS),
            Field(f"{OPTIONS}/awslogs-stream-prefix", "Stream prefix", mono=True, when=AWSLOGS),
        )),
        Pairs(OPTIONS, "Other options of the log driver", besides=OWN_FIELDS),
        Entries(
            "logConfiguration/secretOptions",
            "Secret options of the log driver",
            "Add secret option",
            "secret option",
            (Row((
                Field("name", "Option", mono=True),
                Field("valueFrom", "Secret or parameter", mono=True, suggestions="known-secrets"),
            )),),
            new={"name": "", "valueFrom": ""},
        ),
    ),
    fills="logs",
)  # fmt: skip
FIRELENS: Final = Section(
    "Log router (FireLens)",
    (
        Field("firelensConfiguration/type", "Type",
              Choice(choices=(("fluentbit", "Fluent Bit"), ("fluentd", "Fluentd")), unset="Not a log router"),
              help="This container receives the logs of containers with the log driver awsfirelens"),
        Pairs("firelensConfiguration/options", "Options"),
    ),
)  # fmt: skip
