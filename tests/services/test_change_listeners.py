"""Listeners are created, changed and deleted after the load balancer was created."""

from typing import Any

from ecsdash.access.models import User
from ecsdash.operations.models import Operation
from services.models import Listener, TargetGroup
from tests.operations import drive
from tests.services.rule_forms import rule_form
from tests.services.simulated_load_balancing import OWN, shared_listener
from tests.services.simulated_services import LOAD_BALANCING_NOUNS, SimulatedServices, calls, titles
from tests.services.test_change_listener_rules import SHARED, group


def listener_form(*targets: tuple[str, int], **values: Any) -> dict[str, Any]:
    """The form of a listener: a rule's without conditions."""
    found = rule_form("", *targets, **values)
    return {name: value for name, value in found.items() if not name.startswith("conditions-")}


def undone(stage: SimulatedServices, user: User, operation: Operation) -> None:
    undo = operation.plan.undo
    assert undo is not None
    stage.do(undo.action, user, undo.data, **SHARED)


def test_a_listener_is_created_changed_and_deleted_and_each_change_undone(
    service_stage: SimulatedServices, operator: User
) -> None:
    stage, first = service_stage, shared_listener(service_stage)
    web, api = group(stage, "web"), group(stage, "api")

    made = stage.do("create_listener", operator, listener_form((web, 1), protocol="HTTP", port=8080), **SHARED)
    assert calls(made.plan) == ["elbv2.create_listener"]
    assert "web has no healthy target" in titles(made.plan, "warn")
    created = Listener.objects.present().get(port=8080)
    assert created.target_group_arns == [web]

    changed = stage.do("edit_listener", operator, listener_form((api, 1), listener=created.arn), **SHARED)
    assert calls(changed.plan) == ["elbv2.modify_listener"]
    assert "Requests for everything go to api instead of web" in titles(changed.plan, "ok")
    created.refresh_from_db()
    assert created.target_group_arns == [api]
    undone(stage, operator, changed)
    created.refresh_from_db()
    assert created.target_group_arns == [web]

    deleted = stage.do("delete_listener", operator, {"listener": created.arn}, **SHARED)
    assert [row.arn for row in Listener.objects.present()] == [first]
    undone(stage, operator, deleted)
    again = Listener.objects.present().get(port=8080)
    assert again.target_group_arns == [web]


def test_a_port_in_use_blocks_and_https_needs_a_certificate(service_stage: SimulatedServices, operator: User) -> None:
    stage, _ = service_stage, shared_listener(service_stage)
    fixed = listener_form(kind="fixed-response", response_code="503", protocol="HTTP", port=80)
    assert titles(stage.review("create_listener", operator, fixed, **SHARED), "block") == [
        "Port 80 already has a listener"
    ]
    encrypted = {**fixed, "protocol": "HTTPS", "port": 443}
    assert "certificate" in stage.errors("create_listener", operator, encrypted, **SHARED)


def test_deleting_a_listener_says_what_ends_with_it(service_stage: SimulatedServices, operator: User) -> None:
    stage, listener = service_stage, shared_listener(service_stage, (10, "/api/*"))
    service = stage.steady_service(1)
    web = group(stage, "web")
    stage.client("elbv2").modify_listener(
        ListenerArn=listener, DefaultActions=[{"Type": "forward", "TargetGroupArn": web}]
    )
    service.target_group_arns = [web]
    service.save()
    stage.sweep(*LOAD_BALANCING_NOUNS)

    plan = stage.review("delete_listener", operator, {"listener": listener}, **SHARED)
    assert plan.undo is None
    assert {"The listener cannot be created again from here", "web has no load balancer any more"} <= set(
        titles(plan, "warn")
    )
    assert [each.path for each in plan.changes] == ["requests for /api/*", "requests for every other request"]


def test_a_change_ends_when_somebody_changed_the_listener_meanwhile(
    service_stage: SimulatedServices, operator: User
) -> None:
    stage, listener = service_stage, shared_listener(service_stage)
    web = group(stage, "web")
    operation = stage.start("edit_listener", operator, listener_form((web, 1), listener=listener), **SHARED)
    other = {**OWN, "FixedResponseConfig": {"StatusCode": "410"}}
    stage.client("elbv2").modify_listener(ListenerArn=listener, DefaultActions=[other])

    drive.drive(operation, stage.sandbox)

    assert operation.state == "failed"
    assert "The listener shared HTTP:80" in operation.error["message"]
    assert TargetGroup.objects.get(arn=web).load_balancer_arns == []
