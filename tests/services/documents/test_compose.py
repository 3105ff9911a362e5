"""Compose files become task definitions and services, with a report of what changed and what is not possible."""

import json
from pathlib import Path
from typing import Any

import pytest

from ecsdash.aws import shapes
from ecsdash.web.forms.document.findings import FindingLevel
from services.documents.kinds import Document, DocumentKind
from services.documents.reading import Options, Reading, read

FILES = sorted((Path(__file__).parent / "compose").glob("*.yaml"))
ROLE = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:blog/password-AbCdEf"
VALUES = {"RELEASE": "7", "TOKEN": "t", "ARN_OF_DB_PASSWORD": SECRET}


def options(**more: Any) -> Options:
    return Options(**{"region": "eu-central-1", "execution_role": ROLE, "values": VALUES, **more})


def reading(services: dict[str, Any], **more: Any) -> Reading:
    """Return the reading of a Compose file with these services; other keywords are keys of the file."""
    separate = more.pop("separate", False)
    files = more.pop("files", {})
    values = more.pop("values", {})
    text = json.dumps({"services": services, **more})
    return read(text, Options(region="eu-central-1", separate=separate, files=files, values=values))


def container(settings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the container of the service `web` with these settings beside its image."""
    found = reading({"web": {"image": "i", **settings}}, **more)
    definition: dict[str, Any] = found.documents[0].content["containerDefinitions"][0]
    return definition


def notes(found: Reading, level: FindingLevel) -> dict[str, str]:
    return {note.pointer: note.what for note in found.notes if note.level is level}


def by_name(found: Reading, kind: DocumentKind) -> dict[str, Document]:
    return {each.name: each for each in found.documents if each.kind is kind}


@pytest.mark.parametrize("separate", [False, True], ids=["one", "separate"])
@pytest.mark.parametrize("file", FILES, ids=[each.stem for each in FILES])
def test_what_the_files_become_is_valid_for_ecs(file: Path, separate: bool) -> None:
    found = read(file.read_text(), options(separate=separate))
    assert found.documents
    for document in found.documents:
        assert shapes.validation_errors(document.kind.call, document.content) == []


@pytest.mark.parametrize("file", FILES, ids=[each.stem for each in FILES])
def test_every_setting_of_the_files_is_in_the_report(file: Path) -> None:
    found = read(file.read_text(), options())
    places = [note.pointer for note in found.notes]
    for service, settings in found.source["services"].items():
        for key in settings:
            at = f"/services/{service}/{key}"
            silent = key in ("profiles", "<<") or settings.get("profiles")
            assert silent or any(each == at or each.startswith(at + "/") for each in places), at


def test_a_small_file_is_one_small_task() -> None:
    content = read(FILES[0].read_text(), options()).documents[0].content
    assert content["family"] == "compose"
    assert (content["cpu"], content["memory"], content["networkMode"]) == ("256", "512", "awsvpc")
    (web,) = content["containerDefinitions"]
    assert web["portMappings"] == [{"name": "web-80", "containerPort": 80, "protocol": "tcp"}]
    assert web["logConfiguration"]["options"]["awslogs-group"] == "/ecs/compose"


def test_services_of_a_file_reach_each_other_by_their_names() -> None:
    found = by_name(read(FILES[2].read_text(), options(separate=True)), DocumentKind.SERVICE)
    aliases = found["db"].content["serviceConnectConfiguration"]["services"][0]["clientAliases"]
    assert aliases == [{"port": 3306, "dnsName": "db"}]
    assert found["wordpress"].content["taskDefinition"] == "blog-wordpress"


def test_a_secret_file_becomes_a_secret_variable_where_the_image_can_read_it() -> None:
    found = by_name(read(FILES[2].read_text(), options(separate=True)), DocumentKind.TASK_DEFINITION)
    (db,) = found["blog-db"].content["containerDefinitions"]
    assert db["secrets"] == [{"name": "MYSQL_PASSWORD", "valueFrom": SECRET}]
    assert "MYSQL_PASSWORD_FILE" not in {each["name"] for each in db["environment"]}


def test_a_volume_on_efs_stays_one() -> None:
    found = by_name(read(FILES[2].read_text(), options(separate=True)), DocumentKind.TASK_DEFINITION)
    (volume,) = found["blog-db"].content["volumes"]
    assert volume["efsVolumeConfiguration"]["fileSystemId"] == "fs-0123456789abcdef0"


def test_replicas_and_sizes_are_those_of_the_file() -> None:
    found = read(FILES[3].read_text(), options(separate=True))
    services = by_name(found, DocumentKind.SERVICE)
    assert {name: each.content["desiredCount"] for name, each in services.items()} == {
        "front": 2,
        "api": 3,
        "worker": 1,
        "migrate": 1,
        "cache": 1,
    }
    api = by_name(found, DocumentKind.TASK_DEFINITION)["shop-api"].content
    assert (api["cpu"], api["memory"]) == ("512", "1024")
    assert api["containerDefinitions"][0]["memoryReservation"] == 256


def test_a_container_that_others_wait_for_to_end_is_not_essential() -> None:
    (task,) = read(FILES[3].read_text(), options()).documents
    containers = {each["name"]: each for each in task.content["containerDefinitions"]}
    assert containers["migrate"]["essential"] is False
    assert {"containerName": "migrate", "condition": "SUCCESS"} in containers["api"]["dependsOn"]


def test_anchors_extensions_and_extended_services_are_followed() -> None:
    (task,) = read(FILES[3].read_text(), options()).documents
    containers = {each["name"]: each for each in task.content["containerDefinitions"]}
    environment = {each["name"]: each["value"] for each in containers["worker"]["environment"]}
    assert environment["CACHE_URL"] == "redis://cache:6379/0"
    assert environment["SECRET_WORD"] == "$not_a_variable"
    assert environment["WORKERS"] == "4"
    assert containers["worker"]["command"][-1] == "orders, returns"
    assert "console" not in containers


@pytest.mark.parametrize(
    "key",
    ["build", "privileged", "devices", "extra_hosts", "shm_size", "hostname", "gpus", "configs", "stop_signal", "dns"],
)
def test_what_is_not_possible_is_said_at_its_place(key: str) -> None:
    found = notes(read(FILES[4].read_text(), options()), FindingLevel.BLOCK)
    assert found[f"/services/gateway/{key}"] == f"{key} was left out."


def test_host_files_are_not_carried_and_said_so() -> None:
    found = notes(read(FILES[4].read_text(), options()), FindingLevel.BLOCK)
    assert found["/services/gateway/volumes/0"] == "The bind mount of ./conf was left out."
    assert found["/services/gateway/volumes/1"] == "The bind mount of /var/run/docker.sock was left out."


@pytest.mark.parametrize(
    ("settings", "member", "value"),
    [
        ({"command": "echo 'a b' $$HOME"}, "command", ["echo", "a b", "$HOME"]),
        ({"command": ["a b", "c"]}, "command", ["a b", "c"]),
        ({"entrypoint": "/run now"}, "entryPoint", ["/run", "now"]),
        (
            {"environment": ["A=1", "B=x=y", "C="]},
            "environment",
            [{"name": "A", "value": "1"}, {"name": "B", "value": "x=y"}, {"name": "C", "value": ""}],
        ),
        (
            {"environment": {"A": 1, "B": True, "C": "no"}},
            "environment",
            [{"name": "A", "value": "1"}, {"name": "B", "value": "true"}, {"name": "C", "value": "no"}],
        ),
        ({"user": 1000}, "user", "1000"),
        ({"working_dir": "/srv"}, "workingDirectory", "/srv"),
        ({"read_only": True}, "readonlyRootFilesystem", True),
        ({"init": True}, "linuxParameters", {"initProcessEnabled": True}),
        ({"cap_drop": ["CAP_MKNOD"]}, "linuxParameters", {"capabilities": {"drop": ["MKNOD"]}}),
        ({"tmpfs": ["/run:size=1m"]}, "linuxParameters", {"tmpfs": [{"containerPath": "/run", "size": 1}]}),
        ({"ulimits": {"nofile": 1024}}, "ulimits", [{"name": "nofile", "softLimit": 1024, "hardLimit": 1024}]),
        ({"sysctls": ["net.core.somaxconn=1"]}, "systemControls", [{"namespace": "net.core.somaxconn", "value": "1"}]),
        ({"stop_grace_period": "1m30s"}, "stopTimeout", 90),
        ({"stop_grace_period": "5m"}, "stopTimeout", 120),
        ({"restart": "always"}, "restartPolicy", {"enabled": True}),
        ({"restart": "on-failure:3"}, "restartPolicy", {"enabled": True, "ignoredExitCodes": [0]}),
        ({"cpus": 0.5}, "cpu", 512),
        ({"mem_limit": "1.5g"}, "memory", 1536),
        ({"mem_limit": 268435456}, "memory", 256),
        ({"labels": ["a=b", "c"]}, "dockerLabels", {"a": "b", "c": ""}),
        (
            {"logging": {"driver": "awslogs", "options": {"awslogs-group": "g"}}},
            "logConfiguration",
            {"logDriver": "awslogs", "options": {"awslogs-group": "g"}},
        ),
        ({"ports": ["80"]}, "portMappings", [{"name": "web-80", "containerPort": 80, "protocol": "tcp"}]),
        (
            {"ports": ["[::1]:53:53/udp"]},
            "portMappings",
            [{"name": "web-53-udp", "containerPort": 53, "protocol": "udp"}],
        ),
        ({"ports": ["3000-3005"]}, "portMappings", [{"containerPortRange": "3000-3005", "protocol": "tcp"}]),
        (
            {"ports": ["80:80", "8080:80"], "expose": [80]},
            "portMappings",
            [{"name": "web-80", "containerPort": 80, "protocol": "tcp"}],
        ),
        (
            {"healthcheck": {"test": "curl x", "interval": "1m"}},
            "healthCheck",
            {"command": ["CMD-SHELL", "curl x"], "interval": 60, "timeout": 30, "retries": 3},
        ),
        (
            {"healthcheck": {"test": ["CMD", "x"], "interval": "1s", "start_period": "10m", "retries": 20}},
            "healthCheck",
            {"command": ["CMD", "x"], "interval": 5, "timeout": 30, "startPeriod": 300, "retries": 10},
        ),
        ({"healthcheck": {"disable": True}}, "healthCheck", None),
        ({"healthcheck": {"test": ["NONE"]}}, "healthCheck", None),
        (
            {"volumes": ["data:/d:ro"]},
            "mountPoints",
            [{"sourceVolume": "data", "containerPath": "/d", "readOnly": True}],
        ),
        (
            {"volumes": ["/only/target"]},
            "mountPoints",
            [{"sourceVolume": "only-target", "containerPath": "/only/target"}],
        ),
        ({"volumes": [r"C:\conf:/conf"]}, "mountPoints", None),
    ],
)
def test_a_setting_becomes_a_member_of_the_container(settings: dict[str, Any], member: str, value: Any) -> None:
    assert container(settings).get(member) == value


@pytest.mark.parametrize(
    ("written", "values", "becomes"),
    [
        ("${TAG}", {}, "${TAG}"),
        ("$TAG-x", {"TAG": "2"}, "2-x"),
        ("${TAG:-1}", {}, "1"),
        ("${TAG-1}", {"TAG": "2"}, "2"),
        ("${TAG:?needed}", {"TAG": "2"}, "2"),
        ("${TAG:+set}", {}, ""),
        ("${TAG:+set}", {"TAG": "2"}, "set"),
        ("${A:-${B:-deep}}", {}, "deep"),
        ("${A:-${B:-deep}}", {"B": "2"}, "2"),
        ("$$TAG", {"TAG": "2"}, "$TAG"),
        ("cost: 5$", {}, "cost: 5$"),
        ("${unclosed", {}, "${unclosed"),
    ],
)
def test_variables_are_replaced(written: str, values: dict[str, str], becomes: str) -> None:
    assert container({"working_dir": f"/{written}"}, values=values)["workingDirectory"] == f"/{becomes}"


def test_variables_are_asked_for_with_their_default() -> None:
    found = reading({"web": {"image": "${REPOSITORY}:${TAG:-1}"}})
    assert {each.name: each.default for each in found.placeholders} == {"REPOSITORY": "", "TAG": "1"}


def test_a_variable_that_was_filled_in_is_still_asked_for() -> None:
    found = reading({"web": {"image": "i:${TAG}"}}, values={"TAG": "2"})
    assert [each.name for each in found.placeholders] == ["TAG"]


def test_environment_files_count_less_than_the_environment() -> None:
    files = {"web.env": "# comment\nexport A=1\nB='two words' \nC=\"x\\ny\"\nD=1 # why\n", ".env": "E=of the project\n"}
    environment = {
        each["name"]: each["value"]
        for each in container({"env_file": "./web.env", "environment": {"A": "own", "E": "${E}"}}, files=files)[
            "environment"
        ]
    }
    assert environment == {"A": "own", "B": "two words", "C": "x\ny", "D": "1", "E": "of the project"}


def test_a_missing_environment_file_is_said() -> None:
    found = reading({"web": {"image": "i", "env_file": ["a.env", {"path": "b.env", "required": False}]}})
    assert notes(found, FindingLevel.BLOCK)["/services/web/env_file/0"] == "The variables of a.env are missing."
    assert "/services/web/env_file/1" in notes(found, FindingLevel.WARN)


def test_names_of_other_services_in_one_task_are_said() -> None:
    found = reading({"web": {"image": "i", "environment": {"HOST": "db:5432"}}, "db": {"image": "d"}})
    assert notes(found, FindingLevel.WARN)["/services/web/environment/HOST"] == "HOST names the service db."


def test_the_same_port_of_two_containers_is_not_possible_in_one_task() -> None:
    services = {"a": {"image": "i", "ports": ["80"]}, "b": {"image": "i", "ports": ["8080:80"]}}
    assert notes(reading(services), FindingLevel.BLOCK)["/services/b/ports"] == "b and a both use port 80."
    assert not notes(reading(services, separate=True), FindingLevel.BLOCK)


def test_waiting_for_the_health_of_a_service_without_check_becomes_its_start() -> None:
    found = reading(
        {"web": {"image": "i", "depends_on": {"db": {"condition": "service_healthy"}}}, "db": {"image": "d"}}
    )
    (web, _) = found.documents[0].content["containerDefinitions"]
    assert web["dependsOn"] == [{"containerName": "db", "condition": "START"}]


@pytest.mark.parametrize(
    "settings",
    [
        {"ports": ["x"]},
        {"ports": {}},
        {"ports": [99999]},
        {"ports": [{"published": 1}]},
        {"environment": 3},
        {"environment": [[1]]},
        {"healthcheck": []},
        {"healthcheck": {"test": {}}},
        {"healthcheck": {"test": "a", "interval": "soon"}},
        {"command": "'"},
        {"command": 4},
        {"volumes": [3, {"type": "volume"}, {"target": None}]},
        {"volumes": "x"},
        {"deploy": []},
        {"deploy": {"resources": []}},
        {"deploy": {"replicas": "many"}},
        {"cpus": "lots"},
        {"mem_limit": "1 cup"},
        {"ulimits": []},
        {"ulimits": {"nofile": {}}},
        {"restart": "perhaps"},
        {"restart": []},
        {"depends_on": 4},
        {"depends_on": {"x": None}},
        {"networks": 3},
        {"secrets": {}},
        {"secrets": [{}]},
        {"logging": 4},
        {"platform": 4},
        {"extends": 3},
        {"env_file": {}},
        {"env_file": 3},
        {"init": "maybe"},
        {"labels": [None]},
        {"image": 3},
        {"image": None},
        {"tmpfs": [{}]},
        {"stop_grace_period": True},
        {"expose": [None]},
        {"profiles": 1},
        {"scale": -1},
        {"sysctls": 3},
    ],
)
@pytest.mark.parametrize("separate", [False, True])
def test_a_misused_setting_is_said_and_does_not_stop_the_import(settings: dict[str, Any], separate: bool) -> None:
    found = reading({"web": {"image": "i", **settings}, "db": {"image": "d"}}, separate=separate)
    assert found.documents
    assert [note for note in found.notes if note.level is not FindingLevel.OK]
