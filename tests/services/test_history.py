"""The time line of a service: who did what, here and elsewhere, and what ECS made of it."""

import pytest
from django.test import Client

from ecsdash.access.models import User
from services.models import RestorePoint
from services.selectors import history
from services.selectors.documents import document_at
from tests.services.simulated_services import IN_SERVICE, MOVED, SimulatedServices
from tests.users import Users

PAGE = "/demo/eu-central-1/services/shop/web-front/history/"


@pytest.fixture
def stage(service_stage: SimulatedServices, deployer: User) -> SimulatedServices:
    """A service that was deployed here, and then elsewhere with an image that ends at once."""
    service_stage.steady_service()
    service_stage.do("deploy_service", deployer, {"tag-web": "1.28", "revision": ""}, **IN_SERVICE)
    service_stage.register("nginx:exits")
    service_stage.client("ecs").update_service(**IN_SERVICE, taskDefinition="web-front:3")
    service_stage.sandbox.step(240)
    service_stage.sweep(*MOVED, "stopped_tasks")
    return service_stage


def moments(stage: SimulatedServices, user: User, *kinds: str) -> list[history.Moment]:
    return history.history(user, stage.scope, stage.service(), kinds, None).moments


def test_everything_that_happened_is_on_one_line_newest_first(stage: SimulatedServices, deployer: User) -> None:
    found = moments(stage, deployer)

    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)
    assert {each.kind for each in found} >= {"operation", "deployment", "steady", "task", "event"}
    assert [(each.what, each.who) for each in found if each.kind == "operation"] == [
        ("Deploy nginx:1.28 to web-front", deployer.username)
    ]


def test_kinds_are_filtered_and_pages_continue_where_the_one_before_ended(
    stage: SimulatedServices, deployer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = moments(stage, deployer, "event")
    monkeypatch.setattr(history, "PAGE", 3)
    first = history.history(deployer, stage.scope, stage.service(), ["event"], None)
    second = history.history(deployer, stage.scope, stage.service(), ["event"], first.older)

    assert [*first.moments, *second.moments] == everything[:6]


def test_any_two_moments_can_be_compared(stage: SimulatedServices, deployer: User, client: Client) -> None:
    newest, oldest = RestorePoint.objects.all()[0], RestorePoint.objects.last()
    assert oldest
    base = "demo/eu-central-1/shop/web-front"
    client.force_login(deployer)

    page = client.get("/compare/", {"before": f"{base}@{oldest.pk}", "after": f"{base}@{newest.pk}"}).content.decode()

    assert document_at(deployer, f"{base}@{oldest.pk}")
    assert "web-front:1" in page
    assert "web-front:2" in page
    for wrong in ("x", "99999999", "²"):
        assert document_at(deployer, f"{base}@{wrong}") is None


def test_the_tab_shows_it_to_who_sees_the_service(stage: SimulatedServices, users: Users, client: Client) -> None:
    client.force_login(users.viewer)

    page = client.get(PAGE).content.decode()

    assert "Deploy nginx:1.28 to web-front" in page
    assert client.get(PAGE, {"before": "not a time", "kind": "nothing"}).status_code == 200
    client.force_login(users.named("outsider"))
    assert client.get(PAGE).status_code == 404
