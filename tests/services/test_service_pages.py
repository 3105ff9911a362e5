"""What the pages of services say; who may open them, the URL matrix tests."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.inventory.models import Account, SweepState
from services.models import Service, ServiceEvent, Task
from services.selectors.deployments import rollout
from services.views.overview import NOUNS
from tests.users import Users, make_account

HERE = "/demo/eu-central-1/"
OLD, NEW = "ecs-svc/1", "ecs-svc/2"


@pytest.fixture
def account(db: None) -> Account:
    return make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])


def deployment(number: str, status: str, revision: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "status": status, "taskDefinition": f"arn:x/web-front:{revision}", "desiredCount": 2,
        "runningCount": 1, "createdAt": f"2026-01-0{revision}T00:00:00+00:00", **more,
    }  # fmt: skip


def make_service(account: Account, name: str = "web-front", **columns: Any) -> Service:
    wanted: dict[str, Any] = {
        "status": "ACTIVE", "desired_count": 2, "running_count": 2, "rollout_state": "COMPLETED",
        "task_definition": "arn:x/web-front:2", "last_event": f"(service {name}) has begun.",
        "description": {"deployments": [deployment(NEW, "PRIMARY", 2, rolloutState="COMPLETED")]}, **columns,
    }  # fmt: skip
    return Service.objects.create(
        account=account, region="eu-central-1", arn=f"arn:aws:ecs:eu-central-1:123456789012:service/shop/{name}",
        name=name, cluster_name="shop", observed_at=timezone.now(), **wanted,
    )  # fmt: skip


def make_task(account: Account, name: str, **columns: Any) -> Task:
    wanted: dict[str, Any] = {
        "service_name": "web-front", "family": "web-front", "revision": 2, "last_status": "RUNNING",
        "desired_status": "RUNNING", "started_by": NEW, **columns,
    }  # fmt: skip
    return Task.objects.create(
        account=account, region="eu-central-1", arn=f"arn:task/{name}", name=name, cluster_name="shop",
        observed_at=timezone.now(), **wanted,
    )  # fmt: skip


def failed(account: Account, name: str, **columns: Any) -> Task:
    reason = {"stop_code": "EssentialContainerExited", "stopped_reason": "Essential container in task exited"}
    containers = {"containers": [{"name": "web", "exitCode": 3}]}
    return make_task(
        account, name, last_status="STOPPED", desired_status="STOPPED", stopped_at=timezone.now(),
        description=containers, **reason, **columns,
    )  # fmt: skip


@pytest.fixture
def page(client: Client, operator: User, account: Account) -> Client:
    client.force_login(operator)
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def swept(account: Account) -> None:
    for noun in NOUNS:
        SweepState.objects.create(account=account, region="eu-central-1", noun=noun, completed_at=timezone.now())


def test_nothing_wrong_is_said_calmly(page: Client, account: Account) -> None:
    make_service(account)
    swept(account)

    found = text(page, "/")

    assert "All services are steady" in found
    assert '1 <span class="muted">of 1</span>' in found


def test_a_failing_service_is_the_first_thing_on_the_overview_with_its_reason(page: Client, account: Account) -> None:
    make_service(account, health="Tasks failing", running_count=0)
    failed(account, "t1")

    found = text(page, "/")

    assert "Tasks failing: 0 of 2 tasks running" in found
    assert "exited with code 3" in found
    assert f'href="{HERE}services/shop/web-front/logs/?task=t1"' in found


def test_tasks_that_failed_without_a_service_are_told_once(page: Client, account: Account) -> None:
    failed(account, "t1", service_name="")
    failed(account, "t2", service_name="")

    assert "2 tasks failed" in text(page, "/")


def test_before_the_first_sweep_nothing_is_called_well(page: Client, account: Account) -> None:
    found = text(page, "/")
    assert "All services are steady" not in found
    assert "Nothing needs attention" not in found


def test_without_an_account_an_admin_is_led_to_add_one_and_others_to_an_admin(client: Client, users: Users) -> None:
    Account.objects.all().delete()
    client.force_login(users.admin)
    for_admin = text(client, "/")
    client.force_login(users.viewer)
    for_viewer = text(client, "/")

    assert 'href="/settings/accounts/new/"' in for_admin
    assert 'href="/settings/accounts/new/"' not in for_viewer
    assert "Ask an administrator" in for_viewer


@pytest.mark.parametrize(("person", "offered"), [("operator", True), ("viewer", False), ("deployer", False)])
def test_only_who_may_create_a_service_is_offered_it(
    client: Client, users: Users, account: Account, person: str, offered: bool
) -> None:
    client.force_login(users.named(person))

    assert ("services/new/" in text(client, HERE + "services/")) is offered


@pytest.mark.parametrize(("person", "offered"), [("operator", True), ("viewer", False), ("deployer", False)])
@pytest.mark.parametrize("empty", [True, False], ids=["empty", "with a service"])
def test_the_services_of_a_cluster_offer_a_new_one_to_those_who_may(
    client: Client, users: Users, account: Account, person: str, offered: bool, empty: bool
) -> None:
    swept(account)
    seen = {"region": "eu-central-1", "arn": "arn:cluster/shop", "observed_at": timezone.now()}
    Cluster.objects.create(account=account, name="shop", status="ACTIVE", **seen)
    if not empty:
        make_service(account)
    client.force_login(users.named(person))

    address = f'href="{HERE}clusters/shop/services/new/"'

    assert text(client, HERE + "clusters/shop/services/").count(address) == offered * (2 if empty else 1)


def test_where_no_cluster_is_a_new_service_begins_with_one(page: Client, account: Account) -> None:
    assert f'href="{HERE}clusters/new/"' in text(page, HERE + "services/new/")


def test_a_button_that_cannot_be_pressed_says_why(page: Client, account: Account) -> None:
    service = make_service(account)

    button = text(page, HERE + "services/shop/web-front/").partition(
        f'popovertarget="why-rollback_service-{service.pk}"'
    )

    assert button[0].rpartition("<button")[2].endswith('aria-disabled="true" ')
    assert f'id="why-rollback_service-{service.pk}" popover>' in button[2]


def test_a_task_that_succeeded_needs_no_attention(page: Client, account: Account) -> None:
    swept(account)
    task = failed(account, "t1", service_name="")
    Task.objects.filter(pk=task.pk).update(completed=True)

    assert "Nothing needs attention." in text(page, "/")


def test_aws_that_does_not_answer_is_named_on_the_overview(page: Client, account: Account) -> None:
    for noun in ("services", "tasks"):
        SweepState.objects.create(
            account=account, region="eu-central-1", noun=noun, failures=2, error_code="AccessDenied", error="No."
        )

    found = text(page, "/")

    assert "Inventory refresh failed" in found
    assert "Not up to date: services, tasks." in found


def test_the_overview_tells_an_outsider_nothing(client: Client, users: Users, account: Account) -> None:
    make_service(account, health="Tasks failing")
    client.force_login(users.outsider)

    assert "web-front" not in text(client, "/")


def test_a_deployer_sees_only_their_services_in_the_list(client: Client, users: Users, account: Account) -> None:
    make_service(account)
    make_service(account, "billing")
    client.force_login(users.deployer)

    found = text(client, HERE + "services/")

    assert "web-front" in found
    assert "billing" not in found


def test_the_list_filters_by_health(page: Client, account: Account) -> None:
    make_service(account)
    make_service(account, "billing", health="Degraded")

    found = text(page, HERE + "services/?q=health:Degraded")

    assert "/services/shop/billing/" in found
    assert "/services/shop/web-front/" not in found


def test_squares_stand_by_deployment_the_old_one_first(account: Account) -> None:
    both = [deployment(NEW, "PRIMARY", 2, rolloutState="IN_PROGRESS"), deployment(OLD, "ACTIVE", 1)]
    service = make_service(account, rollout_state="IN_PROGRESS", description={"deployments": both})
    tasks = [make_task(account, "new"), make_task(account, "old", started_by=OLD), failed(account, "dead")]

    old, new = rollout(service, tasks, None).deployments

    assert [task.name for task in old.tasks] == ["old"]
    assert [task.name for task in new.tasks] == ["new", "dead"]
    assert len(new.missing) == 1


def test_the_page_of_a_service_says_why_its_tasks_fail(page: Client, account: Account) -> None:
    make_service(account, health="Tasks failing", running_count=0, failed_tasks=3)
    failed(account, "t1")

    found = text(page, HERE + "services/shop/web-front/")

    assert "exited with code 3" in found
    assert "has begun." in found


def test_what_aws_says_is_escaped(page: Client, account: Account) -> None:
    hostile = "<script>alert(1)</script>"
    service = make_service(account, health="Degraded", last_event=hostile)
    ServiceEvent.objects.create(service=service, event_id="1", created_at=timezone.now(), message=hostile)

    for path in ("/", HERE + "services/", HERE + "services/shop/web-front/", HERE + "services/shop/web-front/events/"):
        assert hostile not in text(page, path)


@pytest.mark.parametrize("path", ["services/shop/web-front/events/", "clusters/shop/events/"])
def test_the_tasks_that_an_event_names_are_a_click_away(page: Client, account: Account, path: str) -> None:
    seen = {"region": "eu-central-1", "arn": "arn:cluster/shop", "observed_at": timezone.now()}
    Cluster.objects.create(account=account, name="shop", **seen)
    name = "0b648acd3d6e2667b6651d6edf39ccaa"
    message = f"(service web-front) has started 1 tasks: (task {name})."
    ServiceEvent.objects.create(service=make_service(account), event_id="1", created_at=timezone.now(), message=message)

    found = text(page, HERE + path)

    line = f'has started 1 tasks: (task <a class="mono" href="{HERE}tasks/{name}/">{name[:12]}</a>).'
    assert f'<span class="words">{line}</span>' in found


def test_a_deleted_service_is_still_shown_with_the_time_it_went(page: Client, account: Account) -> None:
    make_service(account, gone_at=timezone.now())

    found = text(page, HERE + "services/shop/web-front/")

    assert "This service was deleted" in found
    assert "hx-trigger" not in found.partition('id="overview"')[2].partition(">")[0]


def test_an_unchanged_fragment_is_not_sent_again(page: Client, account: Account) -> None:
    make_service(account)
    path = HERE + "services/shop/web-front/?fragment=overview"
    first = page.get(path)

    again = page.get(path, headers={"HX-PTag": first.headers["HX-PTag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_a_new_service_begins_with_the_clusters_of_who_asks(page: Client, account: Account, users: Users) -> None:
    page.force_login(users.viewer)

    assert page.get(HERE + "services/new/").status_code == 403


def test_an_action_without_fields_leads_to_its_review_in_one_click(
    account: Account, client: Client, users: Users
) -> None:
    make_service(account)
    client.force_login(users.operator)
    shown = client.get(f"{HERE}services/shop/web-front/").content.decode()
    address = f"{HERE}services/shop/web-front/force-new-deployment/"
    assert f'<form method="post" action="{address}">' in shown
    assert f'href="{HERE}services/shop/web-front/scale/"' in shown


def test_a_service_that_codedeploy_deploys_is_shown_without_deployments_of_ecs(page: Client, account: Account) -> None:
    task_set = {"id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": "arn:x/web-front:2", "runningCount": 2}
    description = {"deployments": [], "taskSets": [task_set], "deploymentController": {"type": "CODE_DEPLOY"}}
    make_service(account, rollout_state="", deployments_count=0, description=description)
    for tab in ("", "deployments/", "configuration/", "networking/", "events/"):
        assert page.get(f"{HERE}services/shop/web-front/{tab}").status_code == 200
    shown = page.get(f"{HERE}services/shop/web-front/").content.decode()
    assert "The deployment controller is CODE_DEPLOY" in shown
    assert f'href="{HERE}services/shop/web-front/deploy/"' not in shown
