"""Several new target groups in one form, and what deployments shift traffic with."""

import json
from typing import Any

from ecsdash.access.models import User
from services.models import Listener, LoadBalancer, TargetGroup
from services.selectors.listeners import traffic_of
from services.selectors.load_balancers import service_target_groups
from tests.services.simulated_load_balancing import SHOP, review, shared_listener
from tests.services.simulated_services import (
    IN_SERVICE,
    LOAD_BALANCING_NOUNS,
    SimulatedServices,
    calls,
    new_target_groups,
    titles,
)

SHIFTING: dict[str, Any] = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0}


def infrastructure_role(stage: SimulatedServices, user: User) -> str:
    """A role that ECS may assume, in the inventory, and that the user may pass."""
    user.grants.update(pass_roles=["shifter"])
    allowed = {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    made = stage.client("iam").create_role(
        RoleName="shifter", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    )
    stage.sweep("roles")
    return str(made["Role"]["Arn"])


def test_two_target_groups_are_made_in_one_form_and_detached_later(
    service_stage: SimulatedServices, operator: User
) -> None:
    stage = service_stage
    listener = shared_listener(stage, (7, "/old/*"))
    network = {"balancer": "new", "balancer_type": "network", "listener_port": 9000}
    by_path = [{"balancer": "listener", "listener": listener, "rule_paths": path} for path in ("/a/*", "/b/*")]
    data = stage.create_data(desired_count=1) | new_target_groups(*by_path, network)
    operation = stage.do("create_service", operator, data, **SHOP)

    assert calls(operation.plan) == [
        "elbv2.create_target_group", "elbv2.create_rule", "elbv2.create_target_group", "elbv2.create_rule",
        "elbv2.create_load_balancer", "elbv2.create_target_group", "elbv2.create_listener", "ecs.create_service",
    ]  # fmt: skip
    assert [rule["priority"] for rule in Listener.objects.get(arn=listener).rules] == [7, 8, 9]
    assert sorted(TargetGroup.objects.values_list("name", flat=True)) == ["web-front", "web-front-2", "web-front-3"]
    attached = service_target_groups(operator, stage.scope, stage.service())
    assert [each.healthy for each in attached] == [1, 1, 1]

    kept = stage.service().description["loadBalancers"][:1]
    stage.do("edit_service", operator, stage.edit_data(stage.service(), loadBalancers=kept), **IN_SERVICE)
    assert len(stage.service().target_group_arns) == 1
    undo = operation.plan.undo
    assert undo is not None
    stage.do(undo.action, operator, undo.data, **IN_SERVICE)
    assert not TargetGroup.objects.present().exists()
    assert [row.name for row in LoadBalancer.objects.present()] == ["shared"]


def test_target_groups_that_clash_are_refused(service_stage: SimulatedServices, operator: User) -> None:
    balancer = Listener.objects.get(arn=shared_listener(service_stage)).load_balancer_arn
    same = {"balancer": "load_balancer", "load_balancer": balancer, "balancer_name": "api", "listener_port": 8080}
    found = service_stage.errors(
        "create_service", operator, service_stage.create_data() | new_target_groups(same, same), **SHOP
    )
    text = ["Another new target group of this form has the same. Enter another value."]
    assert found == {"balancers-1-balancer_name": text, "balancers-1-listener_port": text}


def test_a_second_target_group_belongs_to_strategies_that_shift_traffic(
    service_stage: SimulatedServices, operator: User
) -> None:
    stage, group = service_stage, {"balancer": "new", "shift": "on"}
    found = stage.errors("create_service", operator, stage.create_data() | new_target_groups(group), **SHOP)
    assert set(found) == {"balancers-0-shift", "balancers-0-shift_role"}
    members = {"deploymentConfiguration": {**SHIFTING, "strategy": "CANARY"}}
    data = stage.create_data(members=members) | new_target_groups({"balancer": "new"})
    assert set(stage.errors("create_service", operator, data, **SHOP)) == {"balancers-0-shift"}


def test_a_blue_green_service_gets_both_target_groups_and_shifts(
    service_stage: SimulatedServices, operator: User
) -> None:
    stage, role = service_stage, infrastructure_role(service_stage, operator)
    group = {"balancer": "new", "shift": "on", "shift_role": role, "test_port": 8080}
    data = stage.create_data(desired_count=1, members={"deploymentConfiguration": SHIFTING})
    operation = stage.do("create_service", operator, data | new_target_groups(group), **SHOP)

    assert calls(operation.plan) == [
        "elbv2.create_load_balancer", "elbv2.create_target_group", "elbv2.create_target_group",
        "elbv2.create_listener", "elbv2.create_rule", "elbv2.create_listener", "elbv2.create_rule",
        "ecs.create_service",
    ]  # fmt: skip
    (balancer,) = stage.service().description["loadBalancers"]
    advanced = balancer["advancedConfiguration"]
    assert advanced["roleArn"] == role
    first, second = service_target_groups(operator, stage.scope, stage.service())
    assert (first.alternate, second.alternate, second.target_group_arn) == (
        False, True, advanced["alternateTargetGroupArn"],
    )  # fmt: skip
    assert {rule["arn"] for row in Listener.objects.all() for rule in row.rules} == {
        advanced["productionListenerRule"], advanced["testListenerRule"],
    }  # fmt: skip

    stage.register("nginx:1.28")
    stage.sweep("task_definitions")
    stage.do("edit_service", operator, stage.edit_data(stage.service(), taskDefinition="web-front:2"), **IN_SERVICE)
    stage.sweep(*LOAD_BALANCING_NOUNS)
    production, test = traffic_of(operator, stage.scope, stage.service())
    assert (production.title, test.title) == ("Production traffic", "Test traffic")
    assert [(name, weight) for name, weight, _ in production.shares] == [("web-front-alternate", 100), ("web-front", 0)]
    healthy = [each.healthy for each in service_target_groups(operator, stage.scope, stage.service())]
    assert healthy == [0, 1], "the traffic was shifted to the second target group"
    undo = operation.plan.undo
    assert undo is not None
    stage.do(undo.action, operator, undo.data, **IN_SERVICE)
    assert not LoadBalancer.objects.present().exists()
    assert not TargetGroup.objects.present().exists()


def test_a_rule_of_an_existing_listener_is_the_production_rule(
    service_stage: SimulatedServices, operator: User
) -> None:
    listener = shared_listener(service_stage, (7, "/old/*"))
    shift = {"shift": "on", "shift_role": infrastructure_role(service_stage, operator)}
    group = {"balancer": "listener", "listener": listener, "rule_paths": "/api/*", **shift}
    configuration = {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 50.0, "stepBakeTimeInMinutes": 1}}
    data = service_stage.create_data(members={"deploymentConfiguration": configuration}) | new_target_groups(group)
    plan = review(service_stage, operator, data)

    assert not titles(plan, "block")
    assert calls(plan) == [
        "elbv2.create_target_group", "elbv2.create_target_group", "elbv2.create_rule", "ecs.create_service",
    ]  # fmt: skip
    (attached,) = plan.steps[-1].params["loadBalancers"]
    assert attached["advancedConfiguration"]["productionListenerRule"] == {"$ref": "rule.Rules.0.RuleArn"}
    (action,) = plan.steps[2].params["Actions"]
    assert [each["Weight"] for each in action["ForwardConfig"]["TargetGroups"]] == [100, 0]
