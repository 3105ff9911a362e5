"""What the review of a new service says of certificates and quotas, before anything is made."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.web.tone import Tone
from services.models import Certificate, Listener, LoadBalancer, TargetGroup
from services.planning.load_balancing.certificates import covers
from services.planning.load_balancing.quotas import OWN_TARGET_GROUPS
from tests.operations import drive
from tests.services.simulated_load_balancing import OWN, SHOP, by_rule, certificate, encrypted, review, shared_listener
from tests.services.simulated_services import LOAD_BALANCING_NOUNS, SimulatedServices, titles


def https_listener(stage: SimulatedServices, domain: str = "shop.example") -> str:
    """Of the shared load balancer."""
    balancer = Listener.objects.get(arn=shared_listener(stage)).load_balancer_arn
    made = stage.client("elbv2").create_listener(
        LoadBalancerArn=balancer, Protocol="HTTPS", Port=443, DefaultActions=[OWN],
        Certificates=[{"CertificateArn": certificate(stage, domain)}],
    )  # fmt: skip
    stage.sweep(*LOAD_BALANCING_NOUNS)
    return str(made["Listeners"][0]["ListenerArn"])


@pytest.mark.parametrize(
    ("domain", "host", "good"),
    [
        ("shop.example", "shop.example", True),
        ("shop.example", "SHOP.example", True),
        ("shop.example", "api.shop.example", False),
        ("*.shop.example", "api.shop.example", True),
        ("*.shop.example", "*.shop.example", True),
        ("*.shop.example", "api-?.shop.example", True),
        ("*.shop.example", "a.b.shop.example", False),
        ("*.shop.example", "shop.example", False),
        ("*.shop.example", "*.*", False),
    ],
)
def test_a_wildcard_of_a_certificate_stands_for_one_label(domain: str, host: str, good: bool) -> None:
    assert covers(domain, host) is good


def test_host_names_that_the_listeners_certificate_is_not_for_are_warned_about(
    service_stage: SimulatedServices, operator: User
) -> None:
    data = by_rule(service_stage, https_listener(service_stage, "*.shop.example"))

    found = review(service_stage, operator, data | {"balancers-0-rule_hosts": "api.shop.example shop.example"})
    assert "The listener's certificate does not cover shop.example" in titles(found, "warn")
    assert not found.blocked
    found = review(service_stage, operator, data | {"balancers-0-rule_hosts": "api.shop.example"})
    assert "The listener's certificate covers api.shop.example" in titles(found, "ok")


def test_the_review_says_the_way_out_of_a_warning(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    data = by_rule(service_stage, https_listener(service_stage), rule_hosts="api.shop.example")
    draft = drive.review("create_service", operator, service_stage.scope, service_stage.place(**SHOP), data)
    client.force_login(operator)
    page = client.get(f"/plans/{draft.pk}/").content.decode()
    assert "Add a certificate for this name to the listener" in page


def test_a_rule_of_an_http_listener_needs_no_certificate(service_stage: SimulatedServices, operator: User) -> None:
    data = by_rule(service_stage, shared_listener(service_stage), rule_hosts="api.shop.example")
    found = review(service_stage, operator, data)
    assert not [check for check in found.checks if "certificate" in check.title]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expires_at": timezone.now() - timedelta(days=1)}, "expired on"),
        ({"status": "REVOKED"}, "has the status revoked"),
    ],
)
def test_a_listener_with_a_certificate_that_is_not_good_is_blocked(
    service_stage: SimulatedServices, operator: User, values: dict[str, Any], words: str
) -> None:
    data = by_rule(service_stage, https_listener(service_stage), rule_hosts="shop.example")
    Certificate.objects.update(**values)
    (title,) = titles(review(service_stage, operator, data), "block")
    assert title.startswith(f"The certificate shop.example {words}")


def test_a_new_listener_with_an_expired_certificate_is_blocked(
    service_stage: SimulatedServices, operator: User
) -> None:
    data = encrypted(service_stage)
    Certificate.objects.update(expires_at=timezone.now() - timedelta(days=1))
    (title,) = titles(review(service_stage, operator, data), "block")
    assert title.startswith("The certificate shop.example expired on")


def test_the_hundredth_rule_of_a_load_balancer_is_the_last_without_a_warning(
    service_stage: SimulatedServices, operator: User
) -> None:
    listener = https_listener(service_stage)
    here, other = Listener.objects.get(arn=listener), Listener.objects.exclude(arn=listener).get()
    _give_rules(here, 60)
    _give_rules(other, 39)
    data = by_rule(service_stage, listener)
    assert not _told(review(service_stage, operator, data), "rules")
    _give_rules(other, 40)
    assert _told(review(service_stage, operator, data), "rules") == ["100 rules on this load balancer already exist"]


def test_a_load_balancer_with_all_its_target_groups_is_blocked(
    service_stage: SimulatedServices, operator: User
) -> None:
    listener = shared_listener(service_stage)
    balancer = Listener.objects.get(arn=listener).load_balancer_arn
    data = by_rule(service_stage, listener)
    copies(TargetGroup, service_stage, OWN_TARGET_GROUPS, load_balancer_arns=[balancer])
    assert titles(review(service_stage, operator, data), "block") == ["The load balancer already has 100 target groups"]


def test_load_balancers_and_listeners_beyond_the_usual_quota_are_warned_about(
    service_stage: SimulatedServices, operator: User
) -> None:
    balancer = Listener.objects.get(arn=shared_listener(service_stage)).load_balancer_arn
    copies(Listener, service_stage, 49, load_balancer_arn=balancer)
    copies(LoadBalancer, service_stage, 49, description={"Type": "application"})
    data = encrypted(service_stage)
    assert _told(review(service_stage, operator, data), "load balancers") == [
        "50 application load balancers in this region already exist"
    ]
    data |= {"balancers-0-balancer": "load_balancer", "balancers-0-load_balancer": balancer}
    assert _told(review(service_stage, operator, data), "listeners") == [
        "50 listeners on this load balancer already exist"
    ]


def _told(plan: Any, word: str) -> list[str]:
    return [title for title in titles(plan, "warn") if word in title]


def _give_rules(listener: Listener, number: int) -> None:
    rule = {"arn": "rule", "hosts": ["a.example"], "paths": [], "others": [], "target_group_arns": []}
    listener.rules = [{**rule, "priority": priority} for priority in range(1, number + 1)]
    listener.save()


def copies(model: Any, stage: SimulatedServices, number: int, **values: Any) -> None:
    """As many rows as a sweep would have found."""
    where = {"account": stage.scope.account, "region": stage.scope.region, "observed_at": timezone.now()}
    model.objects.bulk_create(
        model(arn=f"arn:{model.__name__}/{n}", name=f"copy-{n}", **where, **values) for n in range(number)
    )


@pytest.mark.parametrize(
    ("state", "tone"), [("active", Tone.OK), ("failed", Tone.BAD), ("provisioning", Tone.PROGRESS)]
)
def test_the_tone_of_a_load_balancer_follows_its_state(state: str, tone: Tone) -> None:
    assert LoadBalancer(state=state).tone is tone
