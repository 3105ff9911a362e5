"""HTTPS, and rules on a listener that is there, when a service is created."""

from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import AccessDenied
from ecsdash.operations.plan import Plan, Repeat
from services.balancing_steps import SSL_POLICY
from services.conditions.load_balancers import rule_of_step
from services.forms.listener_rule import RuleFields
from services.models import Certificate, Listener, LoadBalancer, TargetGroup
from services.selectors.load_balancers import fronts
from tests.operations import drive
from tests.services.service_stage import FRONT, ServiceStage, calls, titles
from tests.services.test_service_create import with_balancer

SHOP = {"cluster": "shop"}
OWN = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}


def certificate(stage: ServiceStage, domain: str = "shop.example") -> str:
    arn = stage.client("acm").request_certificate(DomainName=domain, SubjectAlternativeNames=[domain])["CertificateArn"]
    stage.sweep("certificates")
    return str(arn)


def encrypted(stage: ServiceStage, **more: Any) -> dict[str, Any]:
    own = {"listener_protocol": "HTTPS", "certificate": certificate(stage), "redirect": "on"}
    return with_balancer(stage, **(own | more))


def shared_listener(stage: ServiceStage, *rules: tuple[int, str]) -> str:
    """Of a load balancer that belongs to no service, with a rule for each (priority, path)."""
    elb = stage.client("elbv2")
    balancer = elb.create_load_balancer(Name="shared", Subnets=stage.subnets())["LoadBalancers"][0]["LoadBalancerArn"]
    made = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[OWN])
    arn = str(made["Listeners"][0]["ListenerArn"])
    for priority, path in rules:
        rule(stage, arn, priority, path)
    stage.sandbox.step(10)
    stage.sweep(*FRONT)
    return arn


def rule(stage: ServiceStage, listener: str, priority: int, path: str = "/", **more: Any) -> dict[str, Any]:
    conditions = [{"Field": "path-pattern", "PathPatternConfig": {"Values": [path]}}]
    made = stage.client("elbv2").create_rule(
        ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=[OWN], **more
    )
    found: dict[str, Any] = made["Rules"][0]
    return found


def by_rule(stage: ServiceStage, listener: str, **more: Any) -> dict[str, Any]:
    own = {"balancer": "listener", "listener": listener, "rule_hosts": "", "rule_paths": "/api/*", "rule_priority": ""}
    return with_balancer(stage, **(own | more))


def review(stage: ServiceStage, user: User, data: dict[str, Any]) -> Plan:
    return stage.review("create_service", user, data, **SHOP)


def test_a_new_load_balancer_may_speak_https_and_send_http_there(service_stage: ServiceStage, operator: User) -> None:
    data = encrypted(service_stage)
    plan = review(service_stage, operator, data)

    assert calls(plan)[2:] == ["elbv2.create_listener", "elbv2.create_listener", "ecs.create_service"]
    listener, redirect = plan.steps[2:4]
    assert (listener.params["Protocol"], listener.params["Port"]) == ("HTTPS", 443)
    assert listener.params["Certificates"] == [{"CertificateArn": data["certificate"]}]
    assert listener.params["SslPolicy"] == SSL_POLICY
    assert (redirect.params["Protocol"], redirect.params["Port"], redirect.repeat) == ("HTTP", 80, Repeat.LOOKUP)
    assert redirect.params["DefaultActions"] == [
        {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    ]


def test_an_existing_load_balancer_gets_no_redirect(service_stage: ServiceStage, operator: User) -> None:
    listener = shared_listener(service_stage)
    balancer = Listener.objects.get(arn=listener).load_balancer_arn
    data = encrypted(service_stage, balancer="load_balancer", load_balancer=balancer)

    assert calls(review(service_stage, operator, data)) == [
        "elbv2.create_target_group", "elbv2.create_listener", "ecs.create_service",
    ]  # fmt: skip


def test_a_site_with_https_is_made_and_removed_again(service_stage: ServiceStage, operator: User) -> None:
    operation = service_stage.do("create_service", operator, encrypted(service_stage, desired_count=1), **SHOP)
    assert operation.outputs[0]["value"].startswith("https://web-front.")
    assert set(Listener.objects.values_list("label", flat=True)) == {"HTTPS:443", "HTTP:80"}
    (front,) = fronts(operator, service_stage.scope, service_stage.service())
    assert [address.partition("://")[0] for address in front.addresses] == ["https"]
    undo = operation.plan.undo
    assert undo is not None

    service_stage.do(undo.action, operator, undo.data, cluster="shop", service="web-front")

    assert not LoadBalancer.objects.present().exists()
    assert not Listener.objects.present().exists()


def test_only_issued_certificates_are_offered(service_stage: ServiceStage, operator: User) -> None:
    data = encrypted(service_stage, certificate="")
    found = service_stage.errors("create_service", operator, data, **SHOP)
    assert found == {"certificate": ["Choose the certificate."]}

    Certificate.objects.all().delete()
    found = service_stage.errors("create_service", operator, data | {"listener_port": ""}, **SHOP)
    assert found["certificate"][0].startswith("This region has no issued certificate. Request one in AWS Certificate")

    waiting = certificate(service_stage, "shop.invalid")
    Certificate.objects.exclude(arn=waiting).delete()
    found = service_stage.errors("create_service", operator, data, **SHOP)
    assert "that shop.invalid is yours, then refresh the choices; or choose HTTP." in found["certificate"][0]


def test_a_rule_sends_some_requests_of_a_shared_listener_here(service_stage: ServiceStage, operator: User) -> None:
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
    (front,) = fronts(operator, service_stage.scope, service_stage.service())
    assert [(each.priority, each.words) for each in front.rules] == [(11, "api.shop.example /v1/* /v2/*")]
    assert front.addresses[0].endswith("/v1/")
    undo = operation.plan.undo
    assert undo is not None

    service_stage.do(undo.action, operator, undo.data, cluster="shop", service="web-front")

    assert [each["priority"] for each in Listener.objects.get(arn=listener).rules] == [10]
    assert not TargetGroup.objects.present().exists()
    assert LoadBalancer.objects.present().get().name == "shared"


def test_the_form_shows_the_rules_that_a_listener_has(
    service_stage: ServiceStage, operator: User, client: Client
) -> None:
    shared_listener(service_stage, (10, "/old/*"))
    client.force_login(operator)

    page = client.get("/demo/eu-central-1/clusters/shop/services/new/").content.decode()

    assert "shared · HTTP:80" in page
    assert '<td class="num">10</td><td class="mono">any</td><td class="mono">/old/*</td>' in page


def test_a_role_that_may_not_read_rules_still_shows_the_listeners(
    service_stage: ServiceStage, monkeypatch: pytest.MonkeyPatch
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


def test_a_priority_in_use_blocks(service_stage: ServiceStage, operator: User) -> None:
    data = by_rule(service_stage, shared_listener(service_stage, (10, "/old/*")), rule_priority=10)

    assert titles(review(service_stage, operator, data), "block") == ["The listener has a rule of priority 10 already"]


def test_a_priority_that_was_taken_meanwhile_ends_it_before_anything_is_made(
    service_stage: ServiceStage, operator: User
) -> None:
    listener = shared_listener(service_stage)
    operation = service_stage.start("create_service", operator, by_rule(service_stage, listener), **SHOP)
    rule(service_stage, listener, 1, "/quicker/*")

    operation = drive.drive(operation, service_stage.sandbox, 20)

    assert operation.state == "failed"
    assert "A rule of priority 1 on shared HTTP:80 exists already" in operation.error["message"]
    assert service_stage.client("elbv2").describe_target_groups()["TargetGroups"] == []


def test_a_rule_for_the_same_requests_is_warned_about(service_stage: ServiceStage, operator: User) -> None:
    data = by_rule(service_stage, shared_listener(service_stage, (10, "/api/*")))

    assert "Rule 10 takes the same requests" in titles(review(service_stage, operator, data), "warn")


def test_after_the_last_priority_the_last_free_one_is_taken(service_stage: ServiceStage, operator: User) -> None:
    listener = shared_listener(service_stage, (50_000, "/last/*"), (49_999, "/last-but-one/*"))
    plan = review(service_stage, operator, by_rule(service_stage, listener))

    assert plan.steps[1].params["Priority"] == 49_998


def test_a_rule_is_found_again_only_by_the_step_that_made_it(service_stage: ServiceStage) -> None:
    listener = shared_listener(service_stage)
    tags = [{"Key": "ecsdash:step", "Value": "step-1"}]
    made = rule(service_stage, listener, 7, Tags=tags)
    aws, params = service_stage.scope.connection(), {"ListenerArn": listener, "Priority": 7}

    assert (rule_of_step(aws, params, "step-1") or {})["Rules"][0]["RuleArn"] == made["RuleArn"]
    assert rule_of_step(aws, params, "step-2") is None
    assert rule_of_step(aws, params | {"Priority": 8}, "step-1") is None


BAD = [
    ({"rule_paths": ""}, "rule_hosts", "Write a host name, a path pattern, or both: a rule needs at least one."),
    (
        {"rule_hosts": "a.b c.d e.f", "rule_paths": "/a /b /c"},
        "rule_paths",
        "A rule takes at most 5 host names and paths together.",
    ),
    ({"rule_paths": "/a*b*c*d* /*/*/*"}, "rule_paths", "A rule takes at most 6 of * and ? in all."),
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
    assert refused({field: value})[field][0].startswith(f"{value} is no ")


@pytest.mark.parametrize("value", ["shop.example", "*.shop.example", "api-?.shop.EXAMPLE", "*.*"])
def test_host_names_may_have_wildcards(value: str) -> None:
    assert "rule_hosts" not in refused({"rule_hosts": value})
