"""Log lines: one ID from the request to the calls of AWS, one line for each state and each call, and no secrets."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.test import Client
from structlog.testing import LogCapture

from ecsdash.access.models import User
from ecsdash.aws import call_log
from ecsdash.aws.errors import AwsError
from ecsdash.celery import app
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.operations import models as operation_models
from ecsdash.operations.models import Operation
from tests.operations.drive import drive, review
from tests.processes import REGION, Sandbox

FORM = {
    "name": "shop",
    "template": "fargate",
    "container_insights": "disabled",
    "tags-TOTAL_FORMS": "0",
    "tags-INITIAL_FORMS": "0",
}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """The lines of operations and AWS calls, with their context."""
    capture = LogCapture()
    processors: list[Any] = [structlog.contextvars.merge_contextvars, capture]
    for module in (call_log, operation_models):
        wrapper = structlog.wrap_logger(None, processors=processors, wrapper_class=structlog.BoundLogger)
        monkeypatch.setattr(module, "log", wrapper)
    yield capture.entries  # type: ignore[misc]
    structlog.contextvars.clear_contextvars()


@pytest.mark.django_db(transaction=True)
def test_one_id_leads_from_the_click_to_the_aws_request(
    sandbox: Sandbox, aws_account: Account, operator: User, client: Client, lines: list[dict[str, Any]]
) -> None:
    at = {"account": "demo", "region": REGION}
    draft = review("create_cluster", operator, Scope(aws_account, REGION), at, FORM)
    client.force_login(operator)
    response = client.post(f"/plans/{draft.pk}/confirm/", {"reason": ""}, headers={"X-Request-ID": "click-0123456789"})
    assert (response.status_code, response.headers["X-Request-ID"]) == (302, "click-0123456789")
    operation = Operation.objects.get()
    assert operation.request_id == "click-0123456789"
    page = client.get(response.headers["Location"])
    assert "click-0123456789" in page.content.decode()
    assert re.fullmatch("[0-9a-f]{32}", page.headers["X-Request-ID"])

    drive(operation)

    states = [line["state"] for line in lines if line["event"] == "operation_state"]
    assert states[0] == "pending"
    assert states[-1] == "succeeded"
    (made,) = [line for line in lines if line.get("call") == "CreateCluster"]
    assert made["operation"] == str(operation.pk)
    assert made["request_id"] == "click-0123456789"
    assert (made["service"], made["account"], made["region"]) == ("ecs", "123456789012", REGION)
    assert (made["outcome"], made["status"]) == ("ok", 200)
    assert [made["aws_request_id"]] == operation.steps.get(title__icontains="create").request_ids
    assert 0 <= made["seconds"] < 10
    assert all(line["request_id"] == "click-0123456789" for line in lines if "operation" in line)


def test_a_refused_call_and_one_without_an_answer_have_a_line_too(
    sandbox: Sandbox, aws_account: Account, lines: list[dict[str, Any]]
) -> None:
    aws = aws_account.reader(REGION)
    with pytest.raises(AwsError):
        aws.call("ecs.describe_services", cluster="absent", services=["x"])
    assert [(line["call"], line["outcome"]) for line in lines] == [("DescribeServices", "ClusterNotFoundException")]
    assert "absent" not in json.dumps(lines)


def test_celery_keeps_the_levels_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its option --loglevel does not hide the lines of operations and of AWS calls."""
    root = logging.getLogger()
    before = root.level
    monkeypatch.setattr(type(app.log), "already_setup", False)
    monkeypatch.setattr(app.log, "already_setup", False)
    app.log.setup_logging_subsystem(loglevel="CRITICAL")
    assert root.level == before
    assert settings.LOGGING["loggers"]["celery"] == {"level": "WARNING"}


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "with space in it", "<script>alert(1)</script>", "a\nb-c-d-e-f"]
)
def test_an_id_that_is_none_is_replaced(client: Client, given: str) -> None:
    sent = {"X-Request-ID": given} if given else {}
    assert re.fullmatch("[0-9a-f]{32}", client.get("/healthz", headers=sent).headers["X-Request-ID"])


@pytest.mark.django_db
def test_the_line_of_a_request_names_its_user(client: Client, operator: User, caplog: pytest.LogCaptureFixture) -> None:
    client.force_login(operator)
    with caplog.at_level(logging.INFO, logger="django_structlog"):
        client.get("/operations/", headers={"X-Request-ID": "click-0123456789"})
    ended: list[Any] = [record.msg for record in caplog.records if "request_finished" in str(record.msg)]
    assert ended
    assert ended[-1]["user_id"] == operator.pk
    assert ended[-1]["request_id"] == "click-0123456789"
