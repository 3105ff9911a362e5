"""External changes on pages: who sees them, keeps them, reverts them."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.external_changes.models import ExternalChange
from ecsdash.operations.models import Operation
from tests.external_changes.elsewhere import LIMITS, Elsewhere, recorded
from tests.operations import drive
from tests.users import person

NOTICE = "Changed outside the dashboard"


@pytest.fixture
def scaled(elsewhere: Elsewhere) -> Elsewhere:
    """Somebody has scaled the service from 2 to 5 tasks with boto3."""
    elsewhere.change_service(desiredCount=5)
    elsewhere.read_and_sweep()
    return elsewhere


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return str(answer.content.decode())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_is_on_the_services_page_in_the_latest_changes_and_in_the_audit(scaled: Elsewhere, deployer: User) -> None:
    client, change = signed_in(deployer), scaled.change()
    for url in (scaled.service().get_absolute_url(), "/"):
        assert "UpdateService web-front: desired count 2 → 5" in page(client, url)
        assert change.get_absolute_url() in page(client, url)
    assert NOTICE in page(client, scaled.service().get_absolute_url())
    found = page(client, f"{reverse('audit:events')}?q=action:external_change")
    assert "moto" in found
    assert "web-front" in page(client, reverse("audit:event", args=[change.audit_seq]))
    assert "moto" in page(client, reverse("external_changes:list", kwargs=scaled.scope.url_kwargs()))


def test_people_of_another_team_see_nothing_of_it(scaled: Elsewhere) -> None:
    other = signed_in(person("bank", "operator", account="demo", cluster="shop", service="billing"))
    change = scaled.change()
    for url in (change.get_absolute_url(), reverse("audit:event", args=[change.audit_seq])):
        assert other.get(url).status_code == 404
    for url in ("/", reverse("audit:events"), reverse("external_changes:list", kwargs=scaled.scope.url_kwargs())):
        assert "desired count" not in page(other, url)
        assert "web-front" not in page(other, url)


def test_keeping_it_needs_a_reason_is_recorded_and_clears_the_notice(scaled: Elsewhere, deployer: User) -> None:
    client, change = signed_in(deployer), scaled.change()
    keep = reverse("external_changes:keep", kwargs=change.url_kwargs())
    assert "Say why this change is kept." in client.post(keep).content.decode()
    client.post(keep, {"reason": "Black Friday"})
    event = AuditEvent.objects.get(action="keep_external_change")
    assert (event.actor, event.reason, event.code) == (deployer, "Black Friday", "external.kept")
    assert NOTICE not in page(client, scaled.service().get_absolute_url())
    assert "by deployer" in page(client, change.get_absolute_url())
    client.post(keep, {"reason": "again"})
    assert AuditEvent.objects.filter(action="keep_external_change").count() == 1


def test_a_viewer_may_neither_keep_nor_revert_it(scaled: Elsewhere, viewer: User) -> None:
    client, change = signed_in(viewer), scaled.change()
    assert client.post(reverse("external_changes:keep", kwargs=change.url_kwargs()), {"reason": "x"}).status_code == 403
    assert client.post(reverse("actions:revert_service_change", kwargs=change.url_kwargs())).status_code == 403
    shown = page(client, change.get_absolute_url())
    assert "Keep this change" not in shown
    assert reverse("actions:revert_service_change", kwargs=change.url_kwargs()) not in shown


def test_reverting_it_is_reviewed_confirmed_and_restores_the_former_settings(scaled: Elsewhere, deployer: User) -> None:
    client, change = signed_in(deployer), scaled.change()
    revert = reverse("actions:revert_service_change", kwargs=change.url_kwargs())
    assert revert in page(client, scaled.service().get_absolute_url())
    review = client.post(revert)["Location"]
    reviewed = page(client, review)
    assert re.search(r"<del>5</del>.*<ins>2</ins>", reviewed, re.DOTALL)
    assert "changes service" not in reviewed, "the service itself is not beside it"
    assert "uses cluster" in reviewed
    detail = client.post(f"{review}confirm/", {"reason": "nobody agreed"})["Location"]
    assert "Being reverted" in page(client, change.get_absolute_url())
    drive.succeed(Operation.objects.get(), scaled.sandbox, 20)
    assert scaled.described()["desiredCount"] == 2
    assert "Reverted" in page(client, change.get_absolute_url())
    assert NOTICE not in page(client, scaled.service().get_absolute_url())
    assert page(client, detail)
    scaled.read()
    assert len(recorded()) == 1
    assert scaled.change().state == "reverted"


def test_a_revision_and_a_count_changed_together_are_reverted_together(elsewhere: Elsewhere, admin: User) -> None:
    elsewhere.register("nginx:1.28")
    elsewhere.sweep("task_definitions")
    elsewhere.change_service(taskDefinition="web-front:2", desiredCount=4)
    elsewhere.read()
    elsewhere.sweep("services")
    change = next(
        each for each in ExternalChange.objects.select_related("account") if each.call == "ecs.update_service"
    )
    drive.succeed(revert(elsewhere, "revert_service_change", admin, change), elsewhere.sandbox, 20)
    found = elsewhere.described()
    assert (found["desiredCount"], found["taskDefinition"].rpartition("/")[2]) == (2, "web-front:1")


def test_a_revert_stops_when_the_service_was_changed_again_since_the_review(scaled: Elsewhere, admin: User) -> None:
    operation = revert(scaled, "revert_service_change", admin, scaled.change())
    scaled.change_service(desiredCount=7)
    drive.drive(operation, scaled.sandbox, 20)
    assert operation.state == "failed"
    assert scaled.described()["desiredCount"] == 7


def test_what_was_restored_by_hand_needs_no_revert(scaled: Elsewhere, admin: User) -> None:
    change = scaled.change()
    scaled.change_service(desiredCount=2)
    scaled.sweep("services")
    errors = drive.errors("revert_service_change", admin, scaled.scope, change.url_kwargs(), {})
    assert "former settings" in errors["__all__"][0]


def test_settings_of_a_cluster_are_reverted(elsewhere: Elsewhere, admin: User) -> None:
    elsewhere.enable_insights()
    change = elsewhere.read_and_sweep()
    client = signed_in(admin)
    url = reverse("clusters:detail", kwargs={**elsewhere.scope.url_kwargs(), "cluster": "shop"})
    assert NOTICE in page(client, url)
    drive.succeed(revert(elsewhere, "revert_cluster_change", admin, change), elsewhere.sandbox)
    found = elsewhere.client("ecs").describe_clusters(clusters=["shop"], include=["SETTINGS"])["clusters"][0]
    assert {"name": "containerInsights", "value": "disabled"} in found["settings"]


def test_a_new_revision_is_on_the_page_of_its_family_which_says_what_can_be_done(
    elsewhere: Elsewhere, admin: User
) -> None:
    elsewhere.register("nginx:1.28")
    change = elsewhere.read_and_sweep()
    client = signed_in(admin)
    url = reverse("services:task_definition_family", kwargs={**elsewhere.scope.url_kwargs(), "family": "web-front"})
    assert NOTICE in page(client, url)
    assert "Deregister it" in page(client, change.get_absolute_url())


def revert(elsewhere: Elsewhere, action: str, user: User, change: Any) -> Operation:
    return drive.confirm(drive.review(action, user, elsewhere.scope, change.url_kwargs(), {}))


def test_tags_are_reverted_those_that_were_not_there_are_removed(elsewhere: Elsewhere, admin: User) -> None:
    elsewhere.tag_service(team="shop")
    elsewhere.begin_again()
    elsewhere.tag_service(team="bank", tier="1")
    change = elsewhere.read_and_sweep()
    assert change.former == {"tags": {"team": "shop", "tier": None}}
    drive.succeed(revert(elsewhere, "revert_tag_change", admin, change), elsewhere.sandbox)
    found = elsewhere.client("ecs").list_tags_for_resource(resourceArn=elsewhere.service().arn)["tags"]
    assert found == [{"key": "team", "value": "shop"}]


def test_a_scaling_policy_is_reverted(elsewhere: Elsewhere, admin: User) -> None:
    elsewhere.limit(1, 4)
    elsewhere.scale_by_cpu(50.0)
    elsewhere.begin_again()
    elsewhere.scale_by_cpu(80.0)
    change = elsewhere.read_and_sweep()
    assert change.summary.endswith("target value 50.0 → 80.0")
    assert NOTICE in page(signed_in(admin), elsewhere.service().get_absolute_url())
    drive.succeed(revert(elsewhere, "revert_scaling_change", admin, change), elsewhere.sandbox)
    assert targets(elsewhere) == [50.0]


def test_a_deleted_scaling_policy_comes_back_and_so_do_the_limits(elsewhere: Elsewhere, admin: User) -> None:
    elsewhere.limit(1, 4)
    elsewhere.scale_by_cpu(50.0)
    elsewhere.begin_again()
    elsewhere.client("application-autoscaling").delete_scaling_policy(**LIMITS, PolicyName="cpu")
    change = elsewhere.read_and_sweep()
    assert targets(elsewhere) == []
    drive.succeed(revert(elsewhere, "revert_scaling_change", admin, change), elsewhere.sandbox)
    assert targets(elsewhere) == [50.0]
    elsewhere.begin_again()
    elsewhere.limit(3, 9)
    elsewhere.read()
    elsewhere.sweep("scalable_targets")
    change = ExternalChange.objects.select_related("account").latest("happened_at")
    drive.succeed(revert(elsewhere, "revert_scaling_change", admin, change), elsewhere.sandbox)
    found = elsewhere.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
    assert [(each["MinCapacity"], each["MaxCapacity"]) for each in found["ScalableTargets"]] == [(1, 4)]


def targets(elsewhere: Elsewhere) -> list[float]:
    scaling = elsewhere.client("application-autoscaling")
    found = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    return [each["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] for each in found]


def test_a_listener_that_was_modified_is_on_the_services_page_and_is_reverted(
    elsewhere: Elsewhere, admin: User
) -> None:
    listener, groups = elsewhere.listener_before_service()
    elsewhere.begin_again()
    elsewhere.modify_listener(listener, groups[1])
    change = elsewhere.read_and_sweep()
    assert (change.resource_type, change.service_name) == ("listener", "web-api")
    assert NOTICE in page(signed_in(admin), elsewhere.service("web-api").get_absolute_url())
    drive.succeed(revert(elsewhere, "revert_listener_change", admin, change), elsewhere.sandbox)
    (action,) = elsewhere.client("elbv2").describe_listeners(ListenerArns=[listener])["Listeners"][0]["DefaultActions"]
    assert action["TargetGroupArn"] == groups[0]
