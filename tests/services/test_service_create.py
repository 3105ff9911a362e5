from typing import Any

import pytest

from ecsdash.access.models import OwnershipRule, User
from ecsdash.operations.drafts import NotAllowed
from ecsdash.operations.plan import Repeat
from services.models import LoadBalancer, Service, TargetGroup
from tests.operations import drive
from tests.services.simulated_services import MOVED, SimulatedServices, calls, titles
from tests.users import create_grant

SHOP = {"cluster": "shop"}


def test_a_service_without_a_load_balancer_takes_one_call(service_stage: SimulatedServices, operator: User) -> None:
    data = service_stage.create_data(tags=[{"key": "team", "value": "shop"}])
    plan = service_stage.review("create_service", operator, data, **SHOP)

    (step,) = plan.steps
    assert (step.call, step.repeat, step.until) == ("ecs.create_service", Repeat.TOKEN, "service_steady")
    assert step.params["launchType"] == "FARGATE"
    assert step.params["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] == "ENABLED"
    assert step.params["tags"] == [{"key": "team", "value": "shop"}]
    assert plan.resource_key == "arn:aws:ecs:eu-central-1:123456789012:service/shop/web-front"
    assert plan.undo is not None
    assert plan.undo.action == "delete_service"
    assert plan.cost is not None
    assert plan.cost.amount == pytest.approx(20.72, abs=0.01)
    assert plan.cost.region == "eu-central-1"


def test_a_service_is_created_and_steady(service_stage: SimulatedServices, operator: User) -> None:
    service_stage.do("create_service", operator, service_stage.create_data(), **SHOP)

    service = service_stage.service()
    assert (service.running_count, service.health, service.launch_type) == (2, "Steady", "FARGATE")


def with_balancer(stage: SimulatedServices, **more: Any) -> dict[str, Any]:
    own = {"balancer": "new", "balancer_name": "", "container": "", "balancer_security_groups": stage.security_groups()}
    return stage.create_data(**(own | more))


def test_a_new_load_balancer_is_made_before_the_service(service_stage: SimulatedServices, operator: User) -> None:
    plan = service_stage.review("create_service", operator, with_balancer(service_stage), **SHOP)

    assert calls(plan) == [
        "elbv2.create_load_balancer", "elbv2.create_target_group", "elbv2.create_listener", "ecs.create_service",
    ]  # fmt: skip
    balancer, group, listener, create = plan.steps
    assert [step.repeat for step in (balancer, group, listener)] == [Repeat.LOOKUP] * 3
    assert group.params["TargetType"] == "ip"
    assert group.params["Port"] == 80
    assert listener.params["Port"] == 80
    assert create.params["loadBalancers"][0]["containerName"] == "web"
    assert plan.undo is not None
    assert plan.undo.data == {"remove_load_balancer": "on"}


def test_a_site_behind_a_new_load_balancer_is_made_and_removed_again(
    service_stage: SimulatedServices, operator: User
) -> None:
    operation = service_stage.do("create_service", operator, with_balancer(service_stage), **SHOP)
    assert operation.outputs[0]["value"].startswith("http://web-front")
    assert [target["state"] for target in TargetGroup.objects.get(name="web-front").targets] == ["healthy"] * 2
    undo = operation.plan.undo
    assert undo is not None

    service_stage.do(undo.action, operator, undo.data, cluster="shop", service="web-front")

    assert not Service.objects.present().exists()
    assert not LoadBalancer.objects.present().exists()
    assert not TargetGroup.objects.present().exists()


def test_an_existing_load_balancer_gets_a_listener(service_stage: SimulatedServices, operator: User) -> None:
    service_stage.do("create_service", operator, with_balancer(service_stage), **SHOP)
    balancer = LoadBalancer.objects.get()
    data = with_balancer(
        service_stage, service_name="web-api", balancer="load_balancer", load_balancer=balancer.arn, listener_port=8081
    )
    plan = service_stage.review("create_service", operator, data, **SHOP)

    assert calls(plan) == ["elbv2.create_target_group", "elbv2.create_listener", "ecs.create_service"]
    assert plan.steps[1].params["LoadBalancerArn"] == balancer.arn


def test_a_listener_port_in_use_blocks(service_stage: SimulatedServices, operator: User) -> None:
    service_stage.do("create_service", operator, with_balancer(service_stage), **SHOP)
    data = with_balancer(
        service_stage, service_name="web-api", balancer="load_balancer", load_balancer=LoadBalancer.objects.get().arn
    )
    plan = service_stage.review("create_service", operator, data, **SHOP)

    assert titles(plan, "block") == ["Port 80 of this load balancer is in use"]


def test_a_target_group_in_use_is_warned_about(service_stage: SimulatedServices, operator: User) -> None:
    service_stage.do("create_service", operator, with_balancer(service_stage), **SHOP)
    data = service_stage.create_data(service_name="web-api", target_group=[TargetGroup.objects.get().arn])
    plan = service_stage.review("create_service", operator, data, **SHOP)

    assert "web-front is in use" in titles(plan, "warn")


def test_a_target_group_of_the_wrong_type_blocks(service_stage: SimulatedServices, operator: User) -> None:
    vpc = service_stage.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    answer = service_stage.client("elbv2").create_target_group(
        Name="machines", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="instance"
    )
    service_stage.sweep("target_groups")
    arn = answer["TargetGroups"][0]["TargetGroupArn"]
    data = service_stage.create_data(target_group=[arn])
    plan = service_stage.review("create_service", operator, data, **SHOP)

    assert titles(plan, "block") == [
        "The target group is of type instance", "machines has no load balancer",
    ]  # fmt: skip


def strategy(*items: dict[str, Any]) -> dict[str, Any]:
    return {"strategy": list(items)}


BAD = [
    ({"subnets": ["subnet-0"]}, "__all__", "The subnet subnet-0 does not exist in demo / eu-central-1"),
    ({"task_definition": "web-front:9"}, "__all__", "web-front:9 does not exist"),
    (
        strategy({"capacityProvider": "farm", "base": 0, "weight": 1}),
        "__all__",
        "The cluster shop does not have the capacity provider farm. It has FARGATE, FARGATE_SPOT.",
    ),
    ({"scheduling": "DAEMON"}, "__all__", "Daemons require container instances"),
    ({"balancer": "load_balancer"}, "balancers-0-load_balancer", "Choose the load balancer."),
    (
        {"balancer": "new", "container": "web:81"},
        "balancers-0-container",
        "web-front:1 has no such port. Enter one of: web:80.",
    ),
    ({"balancer": "new", "health_check_path": "x"}, "balancers-0-health_check_path", "Begin the path with a slash."),
    (
        {"balancer": "new", "balancer_name": "-x-"},
        "balancers-0-balancer_name",
        "Use letters, digits and hyphens. Do not begin or end with a hyphen, or begin with internal-.",
    ),
    ({"new_group": "on", "new_group_rules": "tcp x anywhere"}, "new_group_rules", "“tcp x anywhere” is not a rule."),
    ({"balancer": "new", "group_protocol": "TCP"}, "balancers-0-group_protocol", "speak HTTP, HTTPS."),
]


@pytest.mark.parametrize(("wrong", "field", "objection"), BAD)
def test_bad_input_is_refused_by_its_field(
    service_stage: SimulatedServices, operator: User, wrong: dict[str, Any], field: str, objection: str
) -> None:
    found = service_stage.errors("create_service", operator, service_stage.create_data(**wrong), **SHOP)

    assert objection in found[field][0]


def test_a_name_that_is_taken_is_refused(service_stage: SimulatedServices, operator: User) -> None:
    service_stage.steady_service(count=1)
    found = service_stage.errors("create_service", operator, service_stage.create_data(), **SHOP)

    assert found == {"__all__": ["service name: The cluster already has a service of this name. Enter another name."]}


def test_a_load_balancer_needs_two_zones(service_stage: SimulatedServices, operator: User) -> None:
    data = with_balancer(service_stage, subnets=service_stage.subnets()[:1])

    found = service_stage.errors("create_service", operator, data, **SHOP)

    assert found == {
        "balancers-0-balancer": [
            "A load balancer requires subnets in at least two Availability Zones. Add another subnet."
        ]
    }


def test_a_host_that_only_service_connect_would_resolve_is_warned_of(
    service_stage: SimulatedServices, operator: User
) -> None:
    values = {"DB_HOST": "mysql:3306", "CACHE_HOST": "cache.example.org", "PROXY_HOST": "localhost", "GHOST": "casper"}
    service_stage.register(environment=[{"name": name, "value": value} for name, value in values.items()])
    service_stage.sweep(*MOVED)
    data = service_stage.create_data(task_definition="web-front:2")

    plan = service_stage.review("create_service", operator, data, **SHOP)

    assert [each for each in titles(plan, "warn") if "resolve" in each] == ["DB_HOST of web does not resolve"]


def test_ec2_without_instances_is_warned_of(service_stage: SimulatedServices, operator: User) -> None:
    service_stage.client("ecs").register_task_definition(
        family="web-front", containerDefinitions=[{"name": "web", "image": "nginx", "memory": 64}]
    )
    service_stage.sweep("task_definitions")
    data = service_stage.create_data(compute="EC2", task_definition="web-front:2")
    plan = service_stage.review("create_service", operator, data, **SHOP)

    assert "shop has no active container instances" in titles(plan, "warn")


def test_tasks_that_cannot_start_fail_the_creation_with_the_reason(
    service_stage: SimulatedServices, operator: User
) -> None:
    service_stage.register("nginx:exits")
    service_stage.sweep(*MOVED)
    data = service_stage.create_data(task_definition="web-front:2")

    operation = drive.drive(service_stage.start("create_service", operator, data, **SHOP), service_stage.sandbox, 20)

    assert operation.state == "failed"
    assert "exited with code" in operation.error["message"]


def test_who_operates_some_names_may_create_only_those(service_stage: SimulatedServices, viewer: User) -> None:
    create_grant("operator", "demo", user=viewer, cluster="shop", service="web-*")
    OwnershipRule.objects.create(kind="task_definition", pattern="web-*")  # shared
    OwnershipRule.objects.create(kind="security_group", pattern="*")
    service_stage.review("create_service", viewer, service_stage.create_data("web-new"), **SHOP)

    with pytest.raises(NotAllowed):
        service_stage.review("create_service", viewer, service_stage.create_data("billing"), **SHOP)
