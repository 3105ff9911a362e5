"""Samples that were once changed, lost, or judged wrongly, each with its right value: by the form, by the rules of the
product and by the simulated AWS alike.

| reported | proven here, and in |
|---|---|
| changed, vanished, replaced | `KEPT`; tests/services/test_task_definition_json.py |
| lost by form edits | `EDITED`; tests/services/form_edits.py (any sequence of edits) |
| refused although ECS takes it | `TAKEN`; a service on EC2 without instances: test_ec2_without_instances_is_warned_of |
| accepted although ECS refuses | `REFUSED`; ECS Exec without a task role: test_launch_findings.py |
| refused only after the confirmation | `LATE`; "Change the form": tests/operations/test_pages.py |
| messages | `MESSAGES`; once, in sight: tests/browser/test_document_editor.py |
| awslogs without group or region | test_awslogs_without_group_and_region_are_filled_in_only_when_asked |
"""

import json
from typing import Any, Final

import pytest

from ecsdash.sandbox.ecs.codec import without_nulls
from ecsdash.sandbox.ecs.definition_rules import check_definition, size
from ecsdash.sandbox.ecs.errors import EcsError
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.pointers import value_at
from ecsdash.web.forms.document.state import resolve
from services.documents.findings import task_definition_findings
from services.forms.task_definition.declaration import TASK_DEFINITION
from tests.services.definitions import ROLE, form_data
from tests.services.documents.samples.builders import (
    APP,
    DIGEST,
    WINDOWS,
    Document,
    base,
    efs,
    on_fargate,
    ports,
    two,
    volume,
)

#: Documents that arrive as they were written.
KEPT: Final[dict[str, Document]] = {
    "a line end in a command": base({"command": ["sh", "-c", "a\nb"]}),
    "a line end in a variable": base({"environment": [{"name": "A", "value": "a\r\nb"}]}),
    "blanks around a health command": base({"healthCheck": {"command": ["CMD-SHELL", " curl -f x "]}}),
    "a placeholder for memory": base({"memory": "${MEM}"}),
    "a size with a unit on EC2": base(cpu="512MB", requiresCompatibilities=["EC2"]),
    "the network mode default": base(networkMode="default"),
    "a condition in lower case": base({"dependsOn": [{"containerName": "app", "condition": "healthy"}]}),
    "external instances": base(requiresCompatibilities=["EXTERNAL"]),
    "a compatibility in lower case": base(requiresCompatibilities=["fargate"]),
}
#: Those of them that no field may change silently, and where they are refused.
REFUSED_AS_TYPED: Final = {
    "a placeholder for memory": f"{APP}/memory",
    "a size with a unit on EC2": "/cpu",
    "a condition in lower case": f"{APP}/dependsOn/0/condition",
    "a compatibility in lower case": "/requiresCompatibilities/0",
}
ENCRYPTED: Final = {"transitEncryption": "ENABLED", "authorizationConfig": {"iam": "ENABLED"}}
LOG: Final = {"logDriver": "json-file", "options": {"mode": "non-blocking"}}
RICH: Final = base(
    {
        "dockerLabels": {"a": "1"},
        "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
        "restartPolicy": {"enabled": True},
        "logConfiguration": LOG,
        "portMappings": [{"containerPort": 80, "name": "http", "appProtocol": "http2"}],
    },
    **efs(**ENCRYPTED),
)
#: Place that is edited -> what is typed, and what must not change.
EDITED: Final = {
    "/volumes/0/name": ("other", "/volumes/0/efsVolumeConfiguration"),
    f"{APP}/name": ("other", f"{APP}/dockerLabels"),
    f"{APP}/image": ("demo/app:2", f"{APP}/ulimits"),
    f"{APP}/portMappings/0/containerPort": ("8080", f"{APP}/portMappings/0/appProtocol"),
    "/family": ("other", f"{APP}/restartPolicy"),
    "/networkMode": ("host", f"{APP}/logConfiguration/options/mode"),
}
TAKEN: Final[dict[str, Document]] = {
    "null for a log configuration": base({"logConfiguration": None}),
    "null for ulimits": base({"ulimits": None}),
    "null inside a mount point": base(
        {"mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": None}]}, **volume()
    ),
    "a health check of one word": base({"healthCheck": {"command": ["/healthcheck"]}}),
    "a health check without CMD": base({"healthCheck": {"command": ["curl -f http://localhost/"]}}),
    "two port ranges": base(ports({"containerPortRange": "1000-1001"}, {"containerPortRange": "2000-2001"})),
    "a variable twice": base({"environment": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}),
    "one port on two host ports": base(
        ports({"containerPort": 80, "hostPort": 80}, {"containerPort": 80, "hostPort": 81}), networkMode="bridge"
    ),
    "a named pipe": base(
        {"mountPoints": [{"sourceVolume": "data", "containerPath": r"\\.\pipe\x"}]},
        **volume(host={"sourcePath": r"\\.\pipe\x"}),
    ),
    "an image with a digest over 255 characters": base({"image": f"{'r' * 250}@{DIGEST}"}),
    "memory equal to its reservation": base({"memory": 128, "memoryReservation": 128}),
    ".25 vCPU": on_fargate(cpu=".25 vCPU", memory="2 GB"),
    "0.5 vCPU": on_fargate(cpu="0.5 vCPU", memory="2 GB"),
}
REFUSED: Final[dict[str, Document]] = {
    "awsvpc with a host name": base({"hostname": "x"}, networkMode="awsvpc"),
    "awsvpc with links": two({"name": "db"}, links=["db"]) | {"networkMode": "awsvpc"},
    "awsvpc with hosts": base({"extraHosts": [{"hostname": "x", "ipAddress": "10.0.0.1"}]}, networkMode="awsvpc"),
    "a port range in host mode": base(ports({"containerPortRange": "1000-1001"}), networkMode="host"),
    "Fargate with an IPC mode": on_fargate(ipcMode="task"),
    "Fargate with the processes of the host": on_fargate(pidMode="host"),
    "Fargate with a privileged container": on_fargate({"privileged": True}),
    "Fargate with a GPU": on_fargate({"resourceRequirements": [{"type": "GPU", "value": "1"}]}),
    "Fargate with a device": on_fargate({"linuxParameters": {"devices": [{"hostPath": "/dev/x"}]}}),
    "Fargate with a capability": on_fargate({"linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}}}),
    "Fargate with 20 GiB": on_fargate(ephemeralStorage={"sizeInGiB": 20}),
    "Fargate with 201 GiB": on_fargate(ephemeralStorage={"sizeInGiB": 201}),
    "Fargate with a stop timeout of 121 s": on_fargate({"stopTimeout": 121}),
    "Fargate with shared memory": on_fargate({"linuxParameters": {"sharedMemorySize": 64}}),
    "a small Windows on Fargate": on_fargate(runtimePlatform=WINDOWS),
    "a health check every 4 s": base({"healthCheck": {"command": ["CMD", "x"], "interval": 4}}),
    "a health check of 61 s": base({"healthCheck": {"command": ["CMD", "x"], "timeout": 61}}),
    "11 tries": base({"healthCheck": {"command": ["CMD", "x"], "retries": 11}}),
    "a start of 301 s": base({"healthCheck": {"command": ["CMD", "x"], "startPeriod": 301}}),
    "an access point with a root": base(
        **efs(rootDirectory="/x", transitEncryption="ENABLED", authorizationConfig={"accessPointId": "fsap-0123"})
    ),
    "IAM without encryption": base(**efs(authorizationConfig={"iam": "ENABLED"})),
    "awsfirelens without a router": base({"logConfiguration": {"logDriver": "awsfirelens"}}),
    "reservations above the task": base({"memory": None, "memoryReservation": 1024}, memory="512"),
    "a port name in capitals": base(ports({"containerPort": 80, "name": "Http"})),
    "a name in environment and secrets": base(
        {"environment": [{"name": "A", "value": "1"}], "secrets": [{"name": "A", "valueFrom": "/a"}]}
    ),
}
#: What AWS refuses, and was noticed only after the confirmation.
LATE: Final[dict[str, tuple[Document, str]]] = {
    "a malformed role": (base(taskRoleArn="arn:aws:iam::123:role/x"), "/taskRoleArn"),
    "a malformed secret": (
        base({"secrets": [{"name": "A", "valueFrom": "arn:aws:secretsmanager:x"}]}),
        f"{APP}/secrets/0/valueFrom",
    ),
    "eleven containers": (
        {**base(), "containerDefinitions": [{"name": f"c{n}", "image": "x", "memory": 8} for n in range(11)]},
        "/containerDefinitions",
    ),
    "a tag of AWS": (base(tags=[{"key": "aws:x", "value": "1"}]), "/tags/0/key"),
    "the 50th tag": (base(tags=[{"key": f"k{n}", "value": "1"} for n in range(50)]), "/tags"),
    "volumes of an unknown container": (
        base({"volumesFrom": [{"sourceContainer": "other"}]}),
        f"{APP}/volumesFrom/0/sourceContainer",
    ),
}
#: Text -> the line and what is said about it, in plain words.
MESSAGES: Final = {
    '{"family": "f",\n "family": "g"}': (2, '"family" is set twice: first in line 1.'),
    '{"family": "f",\n "cpu": "256",\n}': (2, "There is a comma too many after the last value."),
    '{"family": None}': (1, "None is not a JSON value."),
}


def refused(document: Document) -> list[Finding]:
    return [each for each in task_definition_findings(document) if each.level is FindingLevel.BLOCK]


@pytest.mark.parametrize("name", KEPT)
def test_a_document_arrives_as_it_was_written(name: str) -> None:
    written = json.dumps(KEPT[name])
    by_form, by_json = form_data(KEPT[name]), form_data({}, json=written)
    for data in (by_form, by_json):
        assert json.dumps(resolve(TASK_DEFINITION, data).document) == written
    places = [each.pointer for each in refused(KEPT[name])]
    assert (REFUSED_AS_TYPED.get(name, "") in places) is (name in REFUSED_AS_TYPED)


@pytest.mark.parametrize("place", EDITED)
def test_an_edit_loses_nothing(place: str) -> None:
    typed, kept = EDITED[place]
    data = form_data(RICH)
    data[place] = typed
    found = resolve(TASK_DEFINITION, data).document
    assert str(value_at(found, place)) == typed
    assert value_at(found, kept) == value_at(RICH, kept)


def simulated(document: Document) -> str:
    """Return why the simulated AWS refuses the document, empty if it takes it."""
    params: dict[str, Any] = without_nulls({"executionRoleArn": ROLE, **document})
    units = {"cpu": 1024, "memory": 1024}
    params |= {name: size(params[name], unit, name) for name, unit in units.items() if name in params}
    try:
        check_definition(params)
    except EcsError as error:
        return error.message
    return ""


@pytest.mark.parametrize("name", TAKEN)
def test_what_ecs_takes_is_taken(name: str) -> None:
    assert refused(TAKEN[name]) == []
    assert simulated(TAKEN[name]) == ""


@pytest.mark.parametrize("name", REFUSED)
def test_what_ecs_refuses_is_refused_by_the_rules_and_by_the_simulated_aws(name: str) -> None:
    assert refused({"executionRoleArn": ROLE, **REFUSED[name]})
    assert simulated(REFUSED[name])


@pytest.mark.parametrize("name", LATE)
def test_what_was_refused_only_after_the_confirmation_is_refused_in_the_form(name: str) -> None:
    document, place = LATE[name]
    assert place in [each.pointer for each in refused({"executionRoleArn": ROLE, **document})]


@pytest.mark.parametrize("text", MESSAGES)
def test_a_message_is_in_plain_words_at_its_line(text: str) -> None:
    syntax = resolve(TASK_DEFINITION, form_data({}, json=text)).syntax
    assert syntax is not None
    assert (syntax.line, syntax.what) == MESSAGES[text]
