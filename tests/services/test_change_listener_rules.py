"""Rules of a listener are created, changed and deleted after the load balancer was created."""

from typing import Any

from django.test import Client

from ecsdash.access.models import User
from ecsdash.masking import fingerprint
from services.models import Listener, TargetGroup
from services.selectors.listeners import Reader, Rule
from tests.operations import drive
from tests.services.rule_forms import rule_form
from tests.services.simulated_load_balancing import OWN, rule, rules_at, shared_listener
from tests.services.simulated_services import LOAD_BALANCING_NOUNS, SimulatedServices, calls, titles

SHARED = {"load_balancer": "shared"}
PAGE = "/demo/eu-central-1/load-balancers/shared/"


def group(stage: SimulatedServices, name: str) -> str:
    """A target group in the VPC of the load balancer."""
    vpc = stage.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    made = stage.client("elbv2").create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    stage.sweep("target_groups")
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def rules(user: User, stage: SimulatedServices, listener: str) -> list[Rule]:
    return Reader(user, stage.scope).rules(Listener.objects.get(arn=listener))


def test_a_rule_is_created_changed_and_deleted_and_each_change_undone(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    stage, listener = service_stage, shared_listener(service_stage, (10, "/*"))
    web, api = group(stage, "web"), group(stage, "api")

    made = stage.do(
        "create_listener_rule", operator, rule_form("/api/*", (api, 1), listener=listener, priority=5), **SHARED
    )
    assert calls(made.plan) == ["elbv2.create_rule"]
    assert made.plan.summary == "Create a rule for /api/* on shared HTTP:80"
    assert "Requests for /api/* go to api instead of the response 404" in titles(made.plan, "ok")
    assert "api has no healthy target" in titles(made.plan, "warn")
    (created, _) = rules(operator, stage, listener)
    assert (created.priority, created.words, created.goes_to) == (5, "/api/*", "api")

    data = rule_form("/api/*\n/v2/*", (api, 3), (web, 1), priority=7, sticky_seconds=60, rule=created.arn)
    changed = stage.do("edit_listener_rule", operator, data, **SHARED)
    assert calls(changed.plan) == ["elbv2.modify_rule", "elbv2.set_rule_priorities"]
    assert {(each.path, each.before, each.after) for each in changed.plan.changes} >= {
        ("requests for /api/* or /v2/*", "api (rule 5: /api/*), else the response 404", "api 75 %, web 25 %"),
        ("requests for /api/*", "api", "api 75 %, web 25 %"),
        ("priority", 5, 7), ("stickiness in seconds", None, 60),
    }  # fmt: skip
    client.force_login(operator)
    page = client.get(PAGE).content.decode()
    assert "/api/* or /v2/*" in page
    assert 'aria-label="Traffic: api 75 %, web 25 %"' in page
    assert "sticky for 60 s" in page
    shown = client.get(f"{PAGE}rules/edit/?rule={created.arn}").content.decode()
    assert "/api/*\n/v2/*</textarea>" in shown

    undo = changed.plan.undo
    assert undo is not None
    stage.do(undo.action, operator, undo.data, **SHARED)
    assert rules(operator, stage, listener)[0].goes_to == "api"
    assert rules(operator, stage, listener)[0].priority == 5

    removed = stage.do("delete_listener_rule", operator, {"rule": created.arn}, **SHARED)
    assert "Requests for /api/* go to the response 404 instead of api" in titles(removed.plan, "ok")
    assert [each["Priority"] for each in rules_at(stage, listener)] == ["10", "default"]
    undo = removed.plan.undo
    assert undo is not None
    stage.do(undo.action, operator, undo.data, **SHARED)
    assert [(each.priority, each.goes_to) for each in rules(operator, stage, listener)] == [
        (5, "api"), (10, "the response 404"),
    ]  # fmt: skip


def test_clashes_with_other_rules_block_and_a_rule_that_is_shadowed_is_warned_about(
    service_stage: SimulatedServices, operator: User
) -> None:
    stage, listener = service_stage, shared_listener(service_stage, (10, "/api/*"), (20, "/shop/*"))
    web = group(stage, "web")

    def review(path: str, **more: Any) -> Any:
        data = rule_form(path, (web, 1), listener=listener, **more)
        return stage.review("create_listener_rule", operator, data, **SHARED)

    assert titles(review("/new/*", priority=10), "block") == ["The listener already has a rule with priority 10"]
    assert titles(review("/api/*", priority=11), "block") == ["Rule 10 takes all requests of this rule"]
    assert titles(review("/api/v2/*"), "block") == ["Rule 10 takes all requests of this rule"]
    plan = review("/*", priority=5)
    assert plan.blocked is False
    assert titles(plan, "warn")[:2] == ["Rule 10 would never apply any more", "Rule 20 would never apply any more"]
    assert "Requests for /* go to web instead of the response 404 (rule 10: /api/*), the response 404 (rule 20: " in (
        " ".join(titles(plan, "ok"))
    )
    narrow = review("/api/*", priority=9, **{
        "conditions-TOTAL_FORMS": 2, "conditions-1-field": "http-request-method", "conditions-1-values": "GET HEAD",
    })  # fmt: skip
    assert narrow.blocked is False
    assert narrow.steps[0].params["Conditions"][1] == {
        "Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET", "HEAD"]},
    }  # fmt: skip
    assert not [title for title in titles(narrow, "warn") if title.startswith("Rule")], "rule 10 keeps other methods"


def test_a_change_ends_when_somebody_changed_the_rule_meanwhile(
    service_stage: SimulatedServices, operator: User
) -> None:
    stage, listener = service_stage, shared_listener(service_stage, (10, "/api/*"))
    arn = rules(operator, stage, listener)[0].arn
    operation = stage.start("delete_listener_rule", operator, {"rule": arn}, **SHARED)
    stage.client("elbv2").set_rule_priorities(RulePriorities=[{"RuleArn": arn, "Priority": 11}])

    drive.drive(operation, stage.sandbox)

    assert operation.state == "failed"
    assert "Rule 10 of shared HTTP:80" in operation.error["message"]
    assert len(rules_at(stage, listener)) == 2


def test_a_redirect_and_a_fixed_response_are_rules_too(service_stage: SimulatedServices, operator: User) -> None:
    stage, listener = service_stage, shared_listener(service_stage)
    redirect = rule_form("/old/*", listener=listener, kind="redirect", redirect_protocol="HTTPS", redirect_port="443",
                    redirect_path="/new/#{path}", redirect_code="HTTP_301")  # fmt: skip
    stage.do("create_listener_rule", operator, redirect, **SHARED)
    fixed = rule_form("/down/*", listener=listener, kind="fixed-response", response_code="503", response_body="Closed")
    stage.do("create_listener_rule", operator, fixed, **SHARED)

    assert [each.goes_to for each in rules(operator, stage, listener)] == [
        "a redirect to https://#{host}:443/new/#{path}", "the response 503",
    ]  # fmt: skip
    arn = rules(operator, stage, listener)[1].arn
    fixed["response_code"] = "404"
    stage.do("edit_listener_rule", operator, {**fixed, "rule": arn, "priority": 2}, **SHARED)
    assert rules(operator, stage, listener)[1].goes_to == "the response 404"


def test_the_value_of_a_header_is_never_stored_or_shown(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    stage, listener = service_stage, shared_listener(service_stage)
    config = {"HttpHeaderName": "X-Origin-Verify", "Values": ["planted-value"]}
    conditions = [{"Field": "http-header", "HttpHeaderConfig": config}]
    stage.client("elbv2").create_rule(ListenerArn=listener, Priority=3, Conditions=conditions, Actions=[OWN])
    stage.sweep(*LOAD_BALANCING_NOUNS)

    (found,) = rules(operator, stage, listener)
    assert "planted-value" not in str(Listener.objects.get(arn=listener).rules)
    client.force_login(operator)
    for address in (PAGE, f"{PAGE}rules/edit/?rule={found.arn}"):
        page = client.get(address).content.decode()
        assert "planted-value" not in page
        assert fingerprint("planted-value") in page

    header = {"conditions-0-field": "http-header", "conditions-0-header": "X-Origin-Verify",
              "conditions-0-values": fingerprint("planted-value"), "kind": "fixed-response", "priority": 3,
              "rule": found.arn}  # fmt: skip
    kept = stage.review("edit_listener_rule", operator, rule_form("", **header, response_code="410"), **SHARED)
    assert "Conditions" not in kept.steps[0].params
    other = {**header, "conditions-0-header": "X-Other", "response_code": "410"}
    refused = stage.errors("edit_listener_rule", operator, rule_form("", **other), **SHARED)
    assert refused["__all__"] == ["AWS takes all conditions together: enter the hidden values of the others again."]
    removed = stage.review("delete_listener_rule", operator, {"rule": found.arn}, **SHARED)
    assert removed.undo is None
    assert "The rule cannot be created again from here" in titles(removed, "warn")


def test_a_rule_whose_traffic_ecs_shifts_is_not_deleted(service_stage: SimulatedServices, operator: User) -> None:
    stage, listener = service_stage, shared_listener(service_stage, (10, "/api/*"))
    arn = rules(operator, stage, listener)[0].arn
    service = stage.steady_service(1)
    web = group(stage, "web")
    shifted = {"advancedConfiguration": {"productionListenerRule": arn}, "targetGroupArn": web}
    service.description = {**service.description, "loadBalancers": [shifted]}
    service.target_group_arns = [web]
    service.save()

    plan = stage.review("delete_listener_rule", operator, {"rule": arn}, **SHARED)
    assert titles(plan, "block") == ["Deployments of web-front use this rule"]
    edited = stage.review("edit_listener_rule", operator, rule_form("/v2/*", (web, 1), rule=arn,
                                                               priority=10), **SHARED)  # fmt: skip
    assert "ECS shifts the traffic of this rule for web-front" in titles(edited, "warn")


BAD: list[tuple[dict[str, str], str]] = [
    ({"conditions-0-values": "api"}, "api is not a path."),
    ({"conditions-0-field": "source-ip", "conditions-0-values": "10.0.0.1"}, "10.0.0.1 is not a network"),
    ({"conditions-0-field": "http-header"}, "Enter the name of the header"),
    ({"conditions-0-values": "/a /b /c /d /e /f"}, "A rule can have at most 5 values in total."),
    ({"kind": "redirect"}, "Change the protocol, host, port or path"),
    ({"kind": "fixed-response", "response_code": "99"}, "Enter a status code"),
    ({}, "Choose the target group that gets the requests."),
]


def test_what_aws_would_refuse_is_refused_in_the_form(service_stage: SimulatedServices, operator: User) -> None:
    listener = shared_listener(service_stage)
    for more, text in BAD:
        data = {**rule_form("/api/*", listener=listener, redirect_protocol="#{protocol}"), **more}
        errors = service_stage.errors("create_listener_rule", operator, data, **SHARED)
        assert text in str(errors), more


def test_a_listener_of_another_load_balancer_or_an_unknown_rule_is_refused(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    listener = shared_listener(service_stage)
    made = rule(service_stage, listener, 4)
    errors = service_stage.errors("delete_listener_rule", operator, {"rule": made["RuleArn"]}, **SHARED)
    assert "rule" in errors, "it is not in the inventory yet"
    client.force_login(operator)
    assert "This rule no longer exists." in client.get(f"{PAGE}rules/edit/?rule=unknown").content.decode()
    assert TargetGroup.objects.count() == 0
