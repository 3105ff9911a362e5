"""A rule on a listener that is there, when a service is created."""

import re
from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.aws.calls import Answer, Connection
from ecsdash.aws.errors import AccessDenied
from ecsdash.operations.models import Draft
from ecsdash.operations.plan import Repeat
from services.forms.listener_rule import RuleFields
from services.models import Listener, LoadBalancer, TargetGroup
from services.runtime.load_balancers import rule_of_step
from services.selectors.load_balancers import service_target_groups
from tests.operations import drive
from tests.services.simulated_load_balancing import SHOP, by_rule, review, rule, rules_at, shared_listener
from tests.services.simulated_services import (
    LOAD_BALANCING_NOUNS,
    SimulatedServices,
    calls,
    new_target_groups,
    titles,
)


def test_a_rule_sends_some_requests_of_a_shared_listener_here(service_stage: SimulatedServices, operator: User) -> None:
    listener = shared_listener(service_stage, (10, "/old/*"))
    data = by_rule(service_stage, listener, rule_hosts="api.shop.example", rule_paths="/v1/*, /v2/*", desired_count=1)
    plan = review(service_stage, operator, data)

    assert calls(plan) == ["elbv2.create_target_group", "elbv2.create_rule", "ecs.create_service"]
    step = plan.steps[1]
    assert (step.params["ListenerArn"], step.params["Priority"], step.repeat) == (listener, 11, Repeat.LOOKUP)
    assert step.params["Conditions"] == [
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["api.shop.example"]}},
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/v1/*", "/v2/*"]}},
    ]

    operation = service_stage.do("create_service", operator, data, **SHOP)
    assert operation.outputs[0]["value"].startswith("http://api.shop.example:")
    (attached,) = service_target_groups(operator, service_stage.scope, service_stage.service())
    assert [(each.priority, each.words) for each in attached.rules] == [(11, "api.shop.example /v1/* or /v2/*")]
    assert attached.addresses[0].endswith("/v1/")
    undo = operation.plan.undo
    assert undo is not None

    service_stage.do(undo.action, operator, undo.data, cluster="shop", service="web-front")

    assert [each["priority"] for each in Listener.objects.get(arn=listener).rules] == [10]
    assert not TargetGroup.objects.present().exists()
    assert LoadBalancer.objects.present().get().name == "shared"


def with_a_new_group(client: Client) -> str:
    """Return the page of the form after "Add new target group" was pressed."""
    answer = client.post("/demo/eu-central-1/clusters/shop/services/new/", {"add": "balancers", **new_target_groups()})
    return answer.content.decode()


def test_the_form_shows_the_rules_that_a_listener_has(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    shared_listener(service_stage, (10, "/old/*"))
    client.force_login(operator)

    page = with_a_new_group(client)

    assert "shared · HTTP:80" in page
    assert '<td class="num">10</td><td class="mono">any</td><td class="mono">/old/*</td>' in page


def test_what_a_way_of_balancing_needs_is_not_called_optional(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    client.force_login(operator)
    page = with_a_new_group(client)

    optional = set(re.findall(r"<(?:label|legend)[^>]*>([^<]+) <span class=\"muted\">\(optional\)", page))
    needed = {"Listener", "Target group", "Load balancer", "Certificate", "Listener port", "Health check path"}
    assert not optional & {*needed, "Subnets"}
    assert {"Host names", "Path patterns", "Priority", "Load balancer name"} <= optional
    assert re.search(r"<select name=\"balancers-0-listener\"[^>]*aria-required=\"true\"", page)


def test_a_role_that_may_not_read_rules_still_shows_the_listeners(
    service_stage: SimulatedServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with the policies of an account that was connected before there were rules."""
    collect = Connection.collect

    def denied(aws: Connection, call: str, *words: Any, **params: Any) -> list[Any]:
        if call == "elbv2.describe_rules":
            raise AccessDenied("AccessDenied", "not authorized to DescribeRules")
        return collect(aws, call, *words, **params)

    monkeypatch.setattr(Connection, "collect", denied)
    listener = shared_listener(service_stage, (3, "/cart/*"))
    assert Listener.objects.get(arn=listener).rules == []


def test_a_priority_in_use_blocks(service_stage: SimulatedServices, operator: User) -> None:
    data = by_rule(service_stage, shared_listener(service_stage, (10, "/old/*")), rule_priority=10)

    assert titles(review(service_stage, operator, data), "block") == [
        "The listener already has a rule with priority 10"
    ]


def test_a_chosen_priority_that_was_taken_meanwhile_ends_it_before_anything_is_made(
    service_stage: SimulatedServices, operator: User
) -> None:
    listener = shared_listener(service_stage)
    data = by_rule(service_stage, listener, rule_priority=7)
    operation = service_stage.start("create_service", operator, data, **SHOP)
    rule(service_stage, listener, 7, "/quicker/*")

    operation = drive.drive(operation, service_stage.sandbox, 20)

    assert operation.state == "failed"
    assert "A rule of priority 7 on shared HTTP:80 exists already" in operation.error["message"]
    assert service_stage.client("elbv2").describe_target_groups()["TargetGroups"] == []


def quicker(stage: SimulatedServices, monkeypatch: pytest.MonkeyPatch, listener: str, priority: int) -> None:
    """Somebody else's rule gets the priority after our last look, right before our own call."""
    call, done = Connection.call, list[str]()

    def late(aws: Connection, name: str, /, **params: Any) -> Answer:
        if name == "elbv2.create_rule" and not done:
            done.append(name)
            rule(stage, listener, priority, "/quicker/*")
        return call(aws, name, **params)

    monkeypatch.setattr(Connection, "call", late)


def test_a_rule_without_a_chosen_priority_takes_the_next_when_another_was_quicker(
    service_stage: SimulatedServices, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = shared_listener(service_stage, (4, "/old/*"))
    operation = service_stage.start("create_service", operator, by_rule(service_stage, listener), **SHOP)
    quicker(service_stage, monkeypatch, listener, 5)

    drive.succeed(operation, service_stage.sandbox, 20)
    service_stage.sweep(*LOAD_BALANCING_NOUNS)

    assert operation.outputs[-1] == {"label": "Priority of the rule", "value": "6", "link": False}
    rules = {each["priority"]: each["paths"] for each in Listener.objects.get(arn=listener).rules}
    assert rules == {4: ["/old/*"], 5: ["/quicker/*"], 6: ["/api/*"]}
    assert TargetGroup.objects.count() == 1


def test_what_was_made_before_a_chosen_priority_was_lost_is_removed_by_undo(
    service_stage: SimulatedServices, operator: User, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    listener = shared_listener(service_stage)
    data = by_rule(service_stage, listener, rule_priority=5, balancer_name="api")
    operation = service_stage.start("create_service", operator, data, **SHOP)
    quicker(service_stage, monkeypatch, listener, 5)
    drive.drive(operation, service_stage.sandbox, 20)
    service_stage.sweep(*LOAD_BALANCING_NOUNS)

    assert (operation.state, operation.error["code"]) == ("failed", "PriorityInUse")
    client.force_login(operator)
    page = client.get(f"/operations/{operation.pk}/").content.decode()
    assert "Another rule of this listener has this priority now." in page
    assert "Undo: remove the created resources" in page
    review_page = client.post(f"/operations/{operation.pk}/undo/", follow=True).content.decode()
    assert "Remove the leftovers of the service web-front in shop" in review_page
    drive.succeed(drive.confirm(Draft.objects.get(undo_of=operation)), service_stage.sandbox)

    assert service_stage.client("elbv2").describe_target_groups()["TargetGroups"] == []
    assert [each["Priority"] for each in rules_at(service_stage, listener)] == ["5", "default"]


def test_leftovers_of_a_service_that_exists_are_not_removed_alone(
    service_stage: SimulatedServices, operator: User
) -> None:
    data = {"service_name": "web-front"}
    found = service_stage.errors("remove_leftovers", operator, data, **SHOP)
    assert found["service_name"][0].startswith("No leftovers of web-front were found.")
    service_stage.steady_service()
    found = service_stage.errors("remove_leftovers", operator, data, **SHOP)
    assert found == {
        "service_name": ["The service web-front exists. Use Delete service, which can delete its load balancer too."]
    }


def test_what_ended_before_its_first_call_offers_no_undo(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    listener = shared_listener(service_stage)
    data = by_rule(service_stage, listener, rule_priority=7)
    operation = service_stage.start("create_service", operator, data, **SHOP)
    rule(service_stage, listener, 7)
    drive.drive(operation, service_stage.sandbox)

    client.force_login(operator)
    assert "undo-button" not in client.get(f"/operations/{operation.pk}/").content.decode()
    assert client.post(f"/operations/{operation.pk}/undo/").status_code == 404


def test_a_listener_that_was_removed_meanwhile_ends_it_before_anything_is_made(
    service_stage: SimulatedServices, operator: User
) -> None:
    listener = shared_listener(service_stage)
    operation = service_stage.start("create_service", operator, by_rule(service_stage, listener), **SHOP)
    service_stage.client("elbv2").delete_listener(ListenerArn=listener)

    drive.drive(operation, service_stage.sandbox)

    assert "The listener shared HTTP:80 is gone" in operation.error["message"]
    assert service_stage.client("elbv2").describe_target_groups()["TargetGroups"] == []


def test_a_rule_for_the_same_requests_is_warned_about(service_stage: SimulatedServices, operator: User) -> None:
    data = by_rule(service_stage, shared_listener(service_stage, (10, "/api/*")))

    assert "Rule 10 matches the same requests" in titles(review(service_stage, operator, data), "warn")


def test_after_the_last_priority_the_last_free_one_is_taken(service_stage: SimulatedServices, operator: User) -> None:
    listener = shared_listener(service_stage, (50_000, "/last/*"), (49_999, "/last-but-one/*"))
    plan = review(service_stage, operator, by_rule(service_stage, listener))

    assert plan.steps[1].params["Priority"] == 49_998


def test_a_rule_is_found_again_only_by_the_step_that_made_it(service_stage: SimulatedServices) -> None:
    listener = shared_listener(service_stage)
    tags = [{"Key": "ecsdash:step", "Value": "step-1"}]
    made = rule(service_stage, listener, 7, Tags=tags)
    aws, params = service_stage.scope.connection(), {"ListenerArn": listener, "Priority": 7}

    assert (rule_of_step(aws, params, "step-1") or {})["Rules"][0]["RuleArn"] == made["RuleArn"]
    assert rule_of_step(aws, params, "step-2") is None
    assert rule_of_step(aws, params | {"Priority": 8}, "step-1"), "it may have got another number than the plan's"


BAD = [
    ({"rule_paths": ""}, "rule_hosts", "Enter a host name, a path pattern, or both."),
    (
        {"rule_hosts": "a.b c.d e.f", "rule_paths": "/a /b /c"},
        "rule_paths",
        "A rule can have at most 5 host names and paths in total.",
    ),
    ({"rule_paths": "/a*b*c*d* /*/*/*"}, "rule_paths", "A rule can have at most 6 wildcards (* and ?) in total."),
    ({"rule_paths": f"/{'x' * 128}"}, "rule_paths", f"/{'x' * 19}… is longer than 128 characters."),
    ({"rule_priority": "50001"}, "rule_priority", "Ensure this value is less than or equal to 50000."),
    ({}, "listener", "Choose the listener."),
]


def refused(data: dict[str, str]) -> dict[str, list[str]]:
    form = RuleFields({"rule_hosts": "", "rule_paths": "/api/*", "rule_priority": "", "listener": ""} | data)
    form.is_valid()
    form.check_rule(form.cleaned_data)
    return {field: list(map(str, found)) for field, found in form.errors.items()}


@pytest.mark.parametrize(("wrong", "field", "objection"), BAD)
def test_a_bad_rule_is_refused_by_its_field(wrong: dict[str, str], field: str, objection: str) -> None:
    assert refused(wrong)[field] == [objection]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rule_hosts", "localhost"),
        ("rule_hosts", "shop.example:443"),
        ("rule_paths", "api/*"),
        ("rule_paths", "/a=c"),
    ],
)
def test_what_is_no_host_name_or_path_is_named(field: str, value: str) -> None:
    assert refused({field: value})[field][0].startswith(f"{value} is not ")


@pytest.mark.parametrize("value", ["shop.example", "*.shop.example", "api-?.shop.EXAMPLE", "*.*"])
def test_host_names_may_have_wildcards(value: str) -> None:
    assert "rule_hosts" not in refused({"rule_hosts": value})
