"""Pages that import, export and compare documents: what they show, to whom, and what they never show."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.aws.calls import Connection
from ecsdash.inventory.models import Account
from services.documents.export import FORMATS
from services.models import Service, TaskDefinition
from tests.services.definitions import ROLE, container, fargate
from tests.services.simulated_tasks import SimulatedTasks

BASE = "/demo/eu-central-1/"
IMPORT = BASE + "import/"
REGISTER = BASE + "task-definitions/new/"
SECRET = "correct horse battery staple"
FILES = sorted((Path(__file__).parent / "compose").glob("*.yaml"))


@pytest.fixture(autouse=True)
def account(stage_without_aws: SimulatedTasks, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The account. A page that calls AWS fails its test."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a page called AWS")

    monkeypatch.setattr(Connection, "call", refuse)
    return stage_without_aws.scope.account


def define(account: Account, revision: int, family: str = "web-front", **more: Any) -> TaskDefinition:
    arn = f"arn:aws:ecs:eu-central-1:123456789012:task-definition/{family}:{revision}"
    described = fargate(container("web", **more), family=family) | {"revision": revision, "taskDefinitionArn": arn}
    return TaskDefinition.objects.create(
        account=account,
        region="eu-central-1",
        arn=arn,
        name=f"{family}:{revision}",
        family=family,
        revision=revision,
        status="ACTIVE",
        description=described,
        observed_at=timezone.now(),
        tags={"ecsdash:step": "1", "team": "shop"},
    )


def serve(account: Account, name: str, desired: int = 1) -> Service:
    arn = f"arn:aws:ecs:eu-central-1:123456789012:service/shop/{name}"
    described = {
        "serviceArn": arn,
        "serviceName": name,
        "desiredCount": desired,
        "status": "ACTIVE",
        "launchType": "EC2",
    }
    return Service.objects.create(
        account=account,
        region="eu-central-1",
        arn=arn,
        name=name,
        cluster_name="shop",
        status="ACTIVE",
        description=described,
        observed_at=timezone.now(),
    )


def got(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def read(client: Client, user: User, status: int = 200, **data: Any) -> str:
    client.force_login(user)
    answer = client.post(IMPORT, data)
    assert answer.status_code == status
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def documents(page: str) -> list[dict[str, Any]]:
    """Return the documents that the page hands to the register form."""
    return [json.loads(html.unescape(text)) for text in re.findall(r'name="json" value="([^"]*)"', page)]


@pytest.mark.parametrize("file", FILES, ids=[each.stem for each in FILES])
def test_every_compose_file_opens_in_the_register_form(client: Client, operator: User, file: Path) -> None:
    values: dict[str, Any] = {
        "placeholder_name": ["RELEASE", "ARN_OF_DB_PASSWORD"],
        "placeholder_value": ["7", "arn:aws:ssm:x"],
    }
    page = read(client, operator, text=file.read_text(), **values)
    (document,) = documents(page)
    assert document["executionRoleArn"] == ROLE
    answer = client.post(REGISTER, {"json": json.dumps(document), "sync": "form"})
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert document["family"] in shown
    for each in document["containerDefinitions"]:
        assert html.escape(each["image"]) in shown


def test_one_task_definition_for_each_service_opens_in_a_tab_of_its_own(client: Client, operator: User) -> None:
    page = read(client, operator, text=FILES[1].read_text(), tasks="separate")
    assert [each["family"] for each in documents(page)] == ["notes-db", "notes-app"]  # the app needs the database
    assert page.count('target="_blank"') == 2


def test_uploaded_files_are_kept_while_placeholders_are_filled(client: Client, operator: User) -> None:
    compose = b"services: {web: {image: 'a:${TAG}', env_file: web.env}}"
    files = [SimpleUploadedFile("compose.yaml", compose), SimpleUploadedFile("web.env", b"\xef\xbb\xbfSTAGE=test\n")]
    page = read(client, operator, file=files)
    assert 'name="file_name" value="web.env"' in page
    again = read(
        client,
        operator,
        text=compose.decode(),
        file_name=["web.env"],
        file_text=["STAGE=test\r\n"],
        placeholder_name=["TAG"],
        placeholder_value=["3"],
    )
    (web,) = documents(again)[0]["containerDefinitions"]
    assert (web["image"], web["environment"]) == ("a:3", [{"name": "STAGE", "value": "test"}])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"text": "  "}, "Choose a file or paste a text."),
        ({"text": "{"}, "The bracket { is not closed."),
        ({"file": SimpleUploadedFile("a.json", b"\xff\xfe")}, "a.json is not UTF-8 text."),
        ({"file": SimpleUploadedFile("a.json", b" " * 1_300_000)}, "a.json is larger than 1200 kB."),
        ({"file": [SimpleUploadedFile(f"{n}.env", b"A=1") for n in range(21)]}, "At most 20 files can be chosen."),
    ],
    ids=["nothing", "broken", "binary", "large", "many"],
)
def test_what_cannot_be_read_is_said(client: Client, operator: User, data: dict[str, Any], message: str) -> None:
    assert message in read(client, operator, status=422, **data)


def test_pasted_markup_is_only_text(client: Client, operator: User) -> None:
    hostile = '"><script>alert(1)</script>'
    text = json.dumps(
        {"family": hostile, "containerDefinitions": [{"name": hostile, "image": "${<script>}<B>"}], hostile: hostile}
    )
    page = read(client, operator, text=text)
    assert "<script>alert" not in page


def test_import_is_for_those_who_may_register(client: Client, viewer: User, deployer: User, operator: User) -> None:
    got(client, viewer, IMPORT, status=403)
    got(client, deployer, IMPORT, status=403)
    assert IMPORT in got(client, operator, BASE + "task-definitions/")
    assert IMPORT not in got(client, viewer, BASE + "task-definitions/")


@pytest.mark.parametrize("exported", FORMATS, ids=[each.slug for each in FORMATS])
def test_an_export_never_shows_a_hidden_value(client: Client, account: Account, admin: User, exported: Any) -> None:
    row = define(account, 1, environment=[{"name": "STAGE", "value": SECRET}], command=["login", SECRET])
    for address in ("export/?format=", "export/?download&format="):
        text = html.unescape(got(client, admin, row.get_absolute_url() + address + exported.slug))
        assert SECRET not in text
        assert "<WEB_ENVIRONMENT_STAGE>" in text
        assert "ecsdash:step" not in text


def test_an_export_is_downloaded_as_a_file(client: Client, account: Account, viewer: User) -> None:
    row = define(account, 1)
    client.force_login(viewer)
    answer = client.get(row.get_absolute_url() + "export/?format=terraform&download")
    assert answer["Content-Disposition"] == 'attachment; filename="web-front-1.tf.json"'
    assert json.loads(answer.content)["resource"]["aws_ecs_task_definition"]["web-front"]["family"] == "web-front"


def test_values_are_exported_for_those_who_may_reveal_and_recorded(
    client: Client, account: Account, operator: User
) -> None:
    row = define(account, 1, environment=[{"name": "STAGE", "value": SECRET}])
    client.force_login(operator)
    answer = client.post(row.get_absolute_url() + "export/?format=json")
    assert "no-store" in answer["Cache-Control"]
    assert SECRET in html.unescape(answer.content.decode())
    event = AuditEvent.objects.get(action="reveal_value")
    assert (event.actor, event.resource_name) == (operator, "web-front:1")
    assert SECRET not in json.dumps(event.detail)


def test_others_cannot_export_values(client: Client, account: Account, viewer: User) -> None:
    row = define(account, 1, environment=[{"name": "STAGE", "value": SECRET}])
    client.force_login(viewer)
    assert client.post(row.get_absolute_url() + "export/").status_code == 403
    assert not AuditEvent.objects.filter(action="reveal_value").exists()


def test_values_are_exported_only_shortly_after_a_proof(client: Client, account: Account, operator: User) -> None:
    row = define(account, 1, environment=[{"name": "STAGE", "value": SECRET}])
    client.force_login(operator)
    session = client.session
    session["proved_at"] = 0
    session.save()
    assert "/account/reauthenticate/" in client.get(row.get_absolute_url() + "export/").content.decode()
    answer = client.post(row.get_absolute_url() + "export/")
    assert answer.status_code == 302
    assert not AuditEvent.objects.filter(action="reveal_value").exists()


def test_a_service_is_exported_as_what_creates_it(client: Client, account: Account, viewer: User) -> None:
    row = serve(account, "web")
    text = html.unescape(got(client, viewer, row.get_absolute_url() + "export/?format=cli"))
    assert "aws ecs create-service" in text
    assert "--service-name web" in text
    assert "serviceArn" not in text


def compared(client: Client, user: User, before: str, after: str) -> str:
    return got(client, user, f"/compare/?before=demo/eu-central-1/{before}&after=demo/eu-central-1/{after}")


def test_documents_of_two_families_are_compared(client: Client, account: Account, viewer: User) -> None:
    define(account, 1, cpu=1)
    define(account, 4, family="billing", cpu=2)
    page = compared(client, viewer, "web-front:1", "billing")
    assert "2 differences" in page
    assert 'value="demo/eu-central-1/billing:4"' in page


def test_services_are_compared(client: Client, account: Account, viewer: User) -> None:
    serve(account, "web")
    serve(account, "api", desired=3)
    page = compared(client, viewer, "shop/web", "shop/api")
    assert "2 differences" in page
    assert "<ins>3</ins>" in page


def test_a_comparison_shows_fingerprints(client: Client, account: Account, admin: User) -> None:
    define(account, 1, environment=[{"name": "STAGE", "value": SECRET}])
    define(account, 2, environment=[{"name": "STAGE", "value": SECRET + "!"}])
    for page in (
        compared(client, admin, "web-front:1", "web-front:2"),
        got(client, admin, BASE + "task-definitions/web-front/diff/1..2/"),
    ):
        assert SECRET not in page
        assert page.count("•••") >= 2


def test_what_a_user_may_not_see_has_no_address(client: Client, account: Account, deployer: User) -> None:
    define(account, 1)
    define(account, 1, family="billing")
    page = compared(client, deployer, "web-front:1", "billing:1")
    assert "Nothing that you may see has this address." in page
    assert "difference" not in page
    assert page.count('value="demo/eu-central-1/billing:1"') == 1  # what was entered, and no suggestion


@pytest.mark.parametrize(
    "address", ["", "x", "a/b/c/d/e", "demo/eu-central-1/", "demo/eu-central-1/a:b", "demo/nowhere/a"]
)
def test_other_addresses_are_asked_again(client: Client, viewer: User, address: str) -> None:
    page = got(client, viewer, f"/compare/?before={address}")
    assert ("Nothing that you may see has this address." in page) is bool(address)


def test_a_service_and_a_task_definition_are_not_compared(client: Client, account: Account, viewer: User) -> None:
    define(account, 1)
    serve(account, "web")
    assert "Choose two of the same kind." in compared(client, viewer, "web-front:1", "shop/web")
