"""Exports: every member goes to its place in the format, or is named as left out; hidden values are never in them."""

import json
from typing import Any

import pytest
import yaml

from ecsdash.aws.shapes import Shape
from services.documents.export import BY_SLUG, FORMATS, with_placeholders, with_values
from services.documents.export.cloudformation import TYPES, property_of
from services.documents.export.terraform_names import ARGUMENTS
from services.documents.kinds import Document, DocumentKind
from services.documents.reading import read
from tests.services.definitions import rich

REGION = "eu-central-1"
TARGET_GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/0123456789abcdef"
#: Fargate has no placement constraints.
TASK = Document(
    DocumentKind.TASK_DEFINITION, {name: each for name, each in rich().items() if name != "placementConstraints"}
)
VOLUMES = Document(
    DocumentKind.TASK_DEFINITION,
    {
        "family": "2-volumes",
        "containerDefinitions": [{"name": "a", "image": "b", "memory": 128, "command": ["echo ${HOME} %{x}"]}],
        "volumes": [
            {"name": "host", "host": {"sourcePath": "/data"}},
            {
                "name": "efs",
                "efsVolumeConfiguration": {
                    "fileSystemId": "fs-0123456789abcdef0",
                    "transitEncryption": "ENABLED",
                    "authorizationConfig": {"iam": "ENABLED", "accessPointId": "fsap-0123456789abcdef0"},
                },
            },
            {
                "name": "fsx",
                "fsxWindowsFileServerVolumeConfiguration": {
                    "fileSystemId": "fs-1",
                    "rootDirectory": "/",
                    "authorizationConfig": {
                        "credentialsParameter": "arn:aws:ssm:eu-central-1:123456789012:parameter/a",
                        "domain": "d",
                    },
                },
            },
            {
                "name": "docker",
                "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True, "driverOpts": {"a": "b"}},
            },
        ],
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "placementConstraints": [{"type": "memberOf", "expression": "attribute:a == b"}],
        "tags": [{"key": "team", "value": "shop"}],
    },
)
SERVICE = Document(
    DocumentKind.SERVICE,
    {
        "cluster": "shop",
        "serviceName": "web",
        "taskDefinition": "web:3",
        "desiredCount": 2,
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}],
        "deploymentConfiguration": {
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
            "strategy": "ROLLING",
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "alarms": {"alarmNames": ["a"], "enable": True, "rollback": False},
        },
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-0123456789abcdef0"],
                "securityGroups": ["sg-0123456789abcdef0"],
                "assignPublicIp": "ENABLED",
            }
        },
        "loadBalancers": [
            {
                "targetGroupArn": TARGET_GROUP,
                "containerName": "web",
                "containerPort": 80,
            }
        ],
        "serviceConnectConfiguration": {
            "enabled": True,
            "namespace": "shop",
            "services": [{"portName": "http", "clientAliases": [{"port": 80, "dnsName": "web"}]}],
        },
        "enableExecuteCommand": True,
        "propagateTags": "SERVICE",
        "tags": [{"key": "team", "value": "shop"}],
    },
)
DOCUMENTS = pytest.mark.parametrize("document", [TASK, VOLUMES, SERVICE], ids=["rich", "volumes", "service"])


def written(slug: str, document: Document) -> str:
    return BY_SLUG[slug].write(document, REGION).text


def configuration(document: Document) -> dict[str, Any]:
    """Return the arguments of the only resource of the Terraform configuration."""
    (resources,) = json.loads(written("terraform", document))["resource"].values()
    (arguments,) = resources.values()
    found: dict[str, Any] = arguments
    return found


@DOCUMENTS
def test_what_is_exported_can_be_read_again(document: Document) -> None:
    for slug in ("json", "cloudformation-json", "cloudformation-yaml"):
        (again,) = read(written(slug, document)).documents
        assert again.content == read(json.dumps(document.content)).documents[0].content, slug


@DOCUMENTS
def test_both_syntaxes_of_a_template_say_the_same(document: Document) -> None:
    assert yaml.safe_load(written("cloudformation-yaml", document)) == json.loads(
        written("cloudformation-json", document)
    )


@DOCUMENTS
def test_cfn_lint_finds_no_error_in_templates(document: Document) -> None:
    from cfnlint.api import lint_all  # here: every process of a run would wait for the import

    found = [each for each in lint_all(written("cloudformation-yaml", document)) if each.rule.id.startswith("E")]
    assert found == []


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_every_member_has_a_property_of_the_resource_or_is_left_out(kind: DocumentKind) -> None:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", TYPES[kind][1]).schema
    assert list(_absent(kind.members, schema, schema, "")) == []


def _absent(member: Shape, schema: Any, root: Any, parent: str) -> Any:
    """Yield the members without a property."""
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    if member.kind == "list" and member.entry:
        yield from _absent(member.entry, schema["items"], root, parent)
    for name, each in member.members.items():
        renamed = property_of(name, parent)
        if renamed and renamed not in schema["properties"]:
            yield f"{parent}.{name}"
        elif renamed:
            yield from _absent(each, schema["properties"][renamed], root, name)


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_every_argument_of_terraform_is_of_a_member(kind: DocumentKind) -> None:
    for path, argument in ARGUMENTS[kind].items():
        member: Shape | None = kind.members
        for name in path.replace("[]", ".[]").split("."):
            member = member.entry if member and name == "[]" else member and member.below(name)
        assert member is not None, path
        assert path.count("[]") == argument.count("[]")


def test_terraform_has_blocks_for_lists_and_text_for_containers() -> None:
    arguments = configuration(VOLUMES)
    assert [each["name"] for each in arguments["volume"]] == ["host", "efs", "fsx", "docker"]
    assert arguments["volume"][0]["host_path"] == "/data"
    assert arguments["volume"][1]["efs_volume_configuration"]["authorization_config"]["iam"] == "ENABLED"
    assert arguments["tags"] == {"team": "shop"}
    assert arguments["runtime_platform"] == {"cpu_architecture": "ARM64", "operating_system_family": "LINUX"}


def test_terraform_does_not_take_texts_for_templates() -> None:
    text = configuration(VOLUMES)["container_definitions"]
    assert "echo $${HOME} %%{x}" in text
    assert json.loads(text.replace("$${", "${").replace("%%{", "%{")) == VOLUMES.content["containerDefinitions"]


def test_terraform_lifts_what_is_an_argument_of_its_own() -> None:
    arguments = configuration(SERVICE)
    assert arguments["deployment_maximum_percent"] == 200
    assert arguments["deployment_circuit_breaker"] == {"enable": True, "rollback": True}
    assert arguments["deployment_configuration"] == {"strategy": "ROLLING"}
    assert arguments["network_configuration"]["assign_public_ip"] is True
    assert arguments["load_balancer"][0]["container_port"] == 80
    assert arguments["service_connect_configuration"]["service"][0]["client_alias"] == [{"port": 80, "dns_name": "web"}]


def test_what_a_format_does_not_have_is_named() -> None:
    monitored = Document(
        DocumentKind.SERVICE, {**SERVICE.content, "monitoring": {"metricConfigurations": [{"resolutionSeconds": 20}]}}
    )
    assert BY_SLUG["terraform"].write(monitored, REGION).left_out == (
        "monitoring.metricConfigurations.resolutionSeconds",
    )
    tokened = Document(DocumentKind.SERVICE, {**SERVICE.content, "clientToken": "x"})
    assert BY_SLUG["cloudformation-yaml"].write(tokened, REGION).left_out == ("clientToken",)


def test_the_command_of_the_aws_cli_is_quoted_for_a_shell() -> None:
    hostile = Document(
        DocumentKind.TASK_DEFINITION, {"family": "f; rm -rf '/'", "containerDefinitions": [{"name": "$(x)"}]}
    )
    command = written("cli", hostile)
    assert "--family 'f; rm -rf '\"'\"'/'\"'\"''" in command
    assert '--container-definitions \'[{"name": "$(x)"}]\'' in command


@pytest.mark.parametrize("exported", FORMATS, ids=[each.slug for each in FORMATS])
def test_hidden_values_are_placeholders_in_every_format(exported: Any) -> None:
    secret = "correct horse battery staple"
    content = rich()
    content["containerDefinitions"][0]["environment"] = [{"name": "STAGE", "value": secret}]
    content["containerDefinitions"][0]["command"] = ["login", secret]
    content["containerDefinitions"][0]["dockerLabels"] = {"key": secret}
    content["tags"] = [{"key": "password", "value": secret}]
    shown, names = with_placeholders(content)
    text = exported.write(Document(DocumentKind.TASK_DEFINITION, shown), REGION).text
    assert secret not in text
    assert "•" not in text
    assert "<WEB_ENVIRONMENT_STAGE>" in names
    assert "<WEB_COMMAND>" in names
    assert {each.written for each in read(text).placeholders} == set(names) or exported.slug in ("cli", "terraform")


def test_shown_values_are_those_of_hidden_places_only() -> None:
    content = {
        "family": "f",
        "containerDefinitions": [
            {"name": "web", "command": ["login", "x y"], "environment": [{"name": "PASSWORD", "value": "•••"}]}
        ],
        "tags": [{"key": "password", "value": "tagged"}],
    }
    shown = with_values(content)
    assert shown["containerDefinitions"] == content["containerDefinitions"]
    assert shown["tags"] == [{"key": "password", "value": "<TAGS_PASSWORD>"}]
