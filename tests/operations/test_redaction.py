"""Plans and results are encrypted while they are needed, and lose their values when the operation has ended."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from ecsdash.access.models import User
from ecsdash.masking import fingerprint, without_values
from ecsdash.operations import control, redaction
from ecsdash.operations.actions import ACTIONS, ActionContext
from ecsdash.operations.drafts import make_draft
from ecsdash.operations.encrypted_json import ENCRYPTED
from ecsdash.operations.models import Draft, Operation
from tests.operations import drive
from tests.services.conftest import stage as stage
from tests.services.definitions import ROLE, container, fargate, form_data
from tests.services.simulated_tasks import LOGS, SimulatedTasks

VALUE, WORD = "quiet-harbour-71", "--door=lantern-16"


def stored() -> str:
    """Return every row of drafts, operations and steps as the database holds it."""
    rows = []
    for table in ("operations_draft", "operations_operation", "operations_operationstep"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def draft_with_values(stage: SimulatedTasks, user: User, **more: Any) -> Draft:
    web = container(
        "web", "nginx:1", logConfiguration=LOGS, environment=[{"name": "STAGE", "value": VALUE}], command=["run", WORD]
    )
    definition = fargate(web, family="site", executionRoleArn=ROLE, **more)
    context, action = ActionContext(stage.scope, user), ACTIONS["register_task_definition"]
    draft = make_draft(action, context, action.form_class(form_data(definition), context=context))
    assert draft is not None
    return draft


def failed(stage: SimulatedTasks, user: User) -> Operation:
    """An operation that AWS refused, with an error that quotes a value."""
    operation = drive.confirm(draft_with_values(stage, user))
    plan = operation.plan_data
    plan["steps"][0]["params"]["family"] = VALUE * 40
    operation.save(update_fields=["plan_data"])
    drive.drive(operation, stage.sandbox)
    assert operation.state == "failed"
    return operation


def later(operation: Operation, hours: int) -> Operation:
    """Return the operation as the job that redacts leaves it, hours after its end."""
    Operation.objects.filter(pk=operation.pk).update(ended_at=timezone.now() - timedelta(hours=hours))
    redaction.redact_expired()
    return Operation.objects.get(pk=operation.pk)


def test_a_draft_and_a_new_operation_are_encrypted_but_can_be_filtered(stage: SimulatedTasks, operator: User) -> None:
    draft = draft_with_values(stage, operator)
    assert ENCRYPTED in stored()
    assert VALUE not in stored()
    assert draft.plan.steps == Draft.objects.get(pk=draft.pk).plan.steps
    operation = drive.confirm(draft)
    assert VALUE not in stored()
    assert Operation.objects.get(plan_data__undo__action="deregister_task_definition") == operation
    assert not Operation.objects.filter(form_data__has_key="subnets").exists()


def test_a_success_is_redacted_at_once_and_can_be_undone(stage: SimulatedTasks, operator: User) -> None:
    operation = drive.succeed(drive.confirm(draft_with_values(stage, operator)), stage.sandbox)
    assert operation.redacted_at is not None
    text = stored()
    assert [secret for secret in (VALUE, WORD, ENCRYPTED) if secret in text] == []
    assert fingerprint(VALUE) in text
    arn = stage.client("ecs").list_task_definitions(familyPrefix="site")["taskDefinitionArns"][0]
    described = stage.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    assert described["containerDefinitions"][0]["command"] == ["run", WORD], "AWS gets the values"
    undo = operation.plan.undo
    assert undo is not None
    assert operation.steps.get(key="register").result["taskDefinition"]["revision"] == 1


def test_a_failure_keeps_its_values_encrypted_for_a_retry_of_a_day(stage: SimulatedTasks, operator: User) -> None:
    operation = failed(stage, operator)
    kept = later(operation, hours=23)
    assert kept.redacted_at is None
    assert kept.plan.steps[-1].params["containerDefinitions"][0]["command"] == ["run", WORD]
    assert WORD not in stored()
    redacted = later(operation, hours=25)
    assert redacted.redacted_at is not None
    assert ENCRYPTED not in stored()
    with pytest.raises(control.NotNow, match="ended more than 24 hours ago"):
        control.retry(redacted, by=operator, source_ip="", enqueue_run=lambda _: None)


def test_a_retry_within_the_day_continues(stage: SimulatedTasks, operator: User) -> None:
    operation = failed(stage, operator)
    plan = operation.plan_data
    plan["steps"][0]["params"]["family"] = "site"
    operation.save(update_fields=["plan_data"])
    control.retry(operation, by=operator, source_ip="", enqueue_run=lambda _: None)
    drive.succeed(operation, stage.sandbox)
    assert VALUE not in stored()


def test_an_undo_that_needs_values_keeps_them_encrypted_for_a_day(stage: SimulatedTasks, operator: User) -> None:
    stage.client("ecs").tag_resource(
        resourceArn=stage.client("ecs").describe_clusters(clusters=["shop"])["clusters"][0]["clusterArn"],
        tags=[{"key": "api-token", "value": VALUE}],
    )
    stage.sweep("clusters")
    place = {"account": "demo", "region": "eu-central-1", "cluster": "shop"}
    no_tags = {"tags-TOTAL_FORMS": 0, "tags-INITIAL_FORMS": 0}
    url = {"cluster": place["cluster"]}
    operation = drive.succeed(drive.start("edit_cluster_tags", operator, stage.scope, url, no_tags), stage.sandbox)
    assert VALUE not in stored()
    assert operation.plan.undo is not None
    assert VALUE in operation.plan.undo.data.values()
    assert later(operation, hours=25).plan.undo is None
    assert ENCRYPTED not in stored()


def test_an_error_that_quotes_a_value_shows_its_fingerprint(stage: SimulatedTasks, operator: User) -> None:
    params = draft_with_values(stage, operator).plan.steps[0].params
    text = without_values(f'exec "{WORD}" in STAGE={VALUE}: not found', params)
    assert text == f'exec "{fingerprint(WORD)}" in STAGE={fingerprint(VALUE)}: not found'


def test_a_new_key_encrypts_and_the_old_one_still_decrypts(
    stage: SimulatedTasks, operator: User, settings: Settings
) -> None:
    draft = draft_with_values(stage, operator)
    settings.ENCRYPTION_KEYS = ["a new key of this installation", *settings.ENCRYPTION_KEYS]
    assert Draft.objects.get(pk=draft.pk).plan == draft.plan
    newer = draft_with_values(stage, operator)
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert Draft.objects.get(pk=newer.pk).plan == newer.plan
    without = Draft.objects.get(pk=draft.pk).plan_data
    assert without["summary"] == draft.plan.summary
    assert "steps" not in without
