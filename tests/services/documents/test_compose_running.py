"""Compose files become running services: through the import page and the form that creates all of them."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.masking import fingerprint
from ecsdash.operations.models import Draft, Operation
from ecsdash.web.forms.document.findings import FindingLevel
from services.documents.findings import service_findings, task_definition_findings
from services.documents.kinds import DocumentKind
from services.documents.reading import Options, read
from tests.operations import drive
from tests.services.account_contents import contents, difference
from tests.services.definitions import ROLE
from tests.services.simulated_services import SimulatedServices
from tests.users import REGION

FILES = sorted((Path(__file__).parent / "compose").glob("*.yaml"))
IMPORT = f"/demo/{REGION}/import/"
CREATE = f"/demo/{REGION}/services/import/"
#: File -> the services that it becomes, in the order of their creation, and how many tasks each of them runs.
SERVICES = {
    "1-one-service": {"web": 1},
    "2-web-and-database": {"db": 1, "app": 1},
    "3-health-and-secrets": {"db": 1, "wordpress": 1},
    "4-several-services": {"migrate": 1, "cache": 1, "api": 3, "front": 2, "worker": 1},
    "5-nearly-everything": {"broker": 1, "gateway": 1},
}
#: File -> a service, and the host and port at which it reaches the image.
REACHED = {
    "2-web-and-database": [("app", "db", 5432, "postgres:17")],
    "3-health-and-secrets": [("wordpress", "db", 3306, "mysql:8")],
    "4-several-services": [("front", "api", 9000, "example/api:7"), ("api", "cache", 6379, "valkey/valkey:8")],
    "5-nearly-everything": [("gateway", "broker", 1883, "eclipse-mosquitto:2")],
}
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:blog/password-AbCdEf"
VALUES = {"RELEASE": "7", "TOKEN": "t", "ARN_OF_DB_PASSWORD": SECRET}


@pytest.mark.parametrize("separate", [False, True], ids=["one", "separate"])
@pytest.mark.parametrize("file", FILES, ids=[each.stem for each in FILES])
def test_no_document_of_a_file_is_refused(file: Path, separate: bool) -> None:
    found = read(file.read_text(), Options(region=REGION, execution_role=ROLE, values=VALUES, separate=separate))
    definitions = {each.name: each.content for each in found.documents if each.kind is DocumentKind.TASK_DEFINITION}
    for each in found.documents:
        findings = (
            task_definition_findings(each.content)
            if each.kind is DocumentKind.TASK_DEFINITION
            else service_findings({**each.content, **NETWORK}, definitions[each.content["taskDefinition"]])
        )
        refused = [finding for finding in findings if finding.level is FindingLevel.BLOCK]
        assert not refused, (each.name, refused)


NETWORK = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}}


def posted(page: str) -> dict[str, Any]:
    """Return what the form on the page posts: hidden and text fields, and what is checked or selected."""
    form = page[page.index('class="form"') :]
    inputs = re.findall(r"<input ([^>]*)>", form)
    data: dict[str, Any] = {}
    for each in inputs:
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', each))
        if attributes.get("type") in ("checkbox", "radio") and " checked" not in each:
            continue
        if name := attributes.get("name"):
            data.setdefault(name, []).append(html.unescape(attributes.get("value", "on")))
    for name, options in re.findall(r'<select name="([a-z_]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        data[name] = re.findall(r'<option value="([^"]*)" selected', options)
    return data


def prepared_values(stage: SimulatedServices) -> dict[str, str]:
    """Create the secret and the file system that the third file names. Return the values of the placeholders."""
    secret = stage.client("secretsmanager").create_secret(Name="blog/password", SecretString="x")["ARN"]
    efs = stage.client("efs")
    system = efs.create_file_system(CreationToken="data")["FileSystemId"]
    for subnet in stage.subnets():
        efs.create_mount_target(FileSystemId=system, SubnetId=subnet)
    return {"RELEASE": "7", "TOKEN": "t", "ARN_OF_DB_PASSWORD": secret, "DATA_FILE_SYSTEM": system}


def created(stage: SimulatedServices, client: Client, file: Path, values: dict[str, str]) -> Operation:
    """Import the file and create all of its services, with what the pages propose."""
    text = {"text": file.read_text(), "tasks": "separate"}
    page = client.post(
        IMPORT, {**text, "placeholder_name": list(values), "placeholder_value": list(values.values())}
    ).content.decode()
    (documents,) = re.findall(r'name="documents" value="([^"]*)"', page)
    form = client.post(CREATE, {"documents": html.unescape(documents), "open": "1"})
    assert form.status_code == 200
    answer = client.post(CREATE, posted(form.content.decode()))
    assert answer.status_code == 302, re.findall(r"data-form-errors.*?</div>", answer.content.decode(), re.DOTALL)
    return drive.succeed(drive.confirm(Draft.objects.get()), stage.sandbox, 20)


@pytest.mark.parametrize("file", FILES, ids=[each.stem for each in FILES])
def test_a_file_becomes_running_services_that_find_each_other(
    service_stage: SimulatedServices, admin: User, client: Client, file: Path
) -> None:
    client.force_login(admin)
    operation = created(service_stage, client, file, prepared_values(service_stage))
    made = [step.params["serviceName"] for step in operation.plan.steps if step.call == "ecs.create_service"]
    assert made == list(SERVICES[file.stem])
    ecs = service_stage.client("ecs")
    tasks = {}
    for name, count in SERVICES[file.stem].items():
        arns = ecs.list_tasks(cluster="shop", serviceName=name)["taskArns"]
        running = [each["lastStatus"] for each in ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"]]
        assert running == ["RUNNING"] * count
        tasks[name] = arns[0].rpartition("/")[2]
    for name, host, port, image in REACHED.get(file.stem, []):
        where = {"account": "123456789012", "region": REGION, "cluster": "shop", "task": tasks[name]}
        reached = service_stage.sandbox.admin("POST", "connect", {**where, "host": host, "port": port})["images"]
        assert set(reached) == {image}
        other = service_stage.sandbox.admin("POST", "connect", {**where, "host": host, "port": port + 1})["images"]
        assert other == []


def test_everything_that_was_created_is_removed_again(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    client.force_login(operator)
    before = contents(service_stage.sandbox)
    operation = created(service_stage, client, FILES[1], {})
    undo = {"operation": str(operation.pk)}
    drive.succeed(service_stage.start("remove_created", operator, undo), service_stage.sandbox, 60)
    assert difference(before, contents(service_stage.sandbox)) == {}


def test_what_cannot_be_created_is_refused_with_its_reason(service_stage: SimulatedServices, operator: User) -> None:
    data = service_stage.several_data()
    hidden = data["documents"].replace("shop/web:1", fingerprint("a value"))
    running = data["documents"].replace('"serviceName": "notes"', '"serviceName": "web-front"')
    service_stage.steady_service(count=1)
    for changes, field, said in (
        ({"documents": "{}"}, "documents", "There is nothing to create."),
        ({"namespace": ""}, "namespace", "Enter a name, for example that of the application."),
        ({"documents": hidden}, "__all__", "is hidden. Enter the value in the file."),
        ({"documents": running}, "__all__", "The cluster shop has a service web-front already."),
    ):
        found = service_stage.errors("create_services", operator, {**data, **changes})
        assert any(said in message for message in found[field]), found
