"""Grants that end: in queries, for the runner, for polls, and in the form."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains

from ecsdash.access import policy
from ecsdash.access.models import Grant, User
from ecsdash.access.permissions import Permission
from ecsdash.access.sessions import fingerprint_of_session
from ecsdash.access.targets import AccessTarget
from ecsdash.operations import authority
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Step
from services.models import Service
from tests.access import world
from tests.users import Users

PLACE = AccessTarget("demo", "eu-central-1", "shop", "web-front")


def end(grants: object = None, **ago: float) -> None:
    Grant.objects.update(expires_at=timezone.now() - timedelta(**(ago or {"seconds": 1})))


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.django_db
def test_a_grant_gives_nothing_after_its_end(users: Users) -> None:
    world.build(users)
    Grant.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert policy.can(fresh(users.operator), Permission.OPERATE, PLACE)
    assert Service.objects.visible_to(fresh(users.viewer)).exists()
    assert policy.teams_with(Permission.DEPLOY, [PLACE])[PLACE] == {"shop"}
    end()
    assert not policy.can(fresh(users.operator), Permission.VIEW, PLACE)
    assert not Service.objects.visible_to(fresh(users.viewer)).exists()
    assert policy.teams_with(Permission.DEPLOY, [PLACE])[PLACE] == set()


@pytest.mark.django_db
def test_the_runner_makes_no_call_after_the_end(users: Users) -> None:
    values = world.build(users)
    operation = Operation.objects.get(pk=values["operation"])
    operation.user = users.operator
    operation.save()
    step = Step("cluster", "Change the cluster", call="ecs.delete_cluster", params={"cluster": "shop"})
    assert authority.refusal(operation, step, ()) == ""
    end()
    assert "no longer has the permission" in authority.refusal(operation, step, ())


@pytest.mark.django_db(transaction=True)
def test_a_poll_gets_no_new_ticket_after_the_end(users: Users, client: Client) -> None:
    client.force_login(users.viewer)
    before = fingerprint_of_session(str(client.session.session_key))
    end()
    assert fingerprint_of_session(str(client.session.session_key)) not in ("", before)


@pytest.mark.django_db
def test_the_form_offers_an_end(users: Users, client: Client) -> None:
    client.force_login(users.admin)
    place = {"region": "*", "cluster": "shop", "service": "*"}
    client.post("/settings/grants/new/", {"user": users.outsider.pk, "role": "viewer", "expires": "8h", **place})
    grant = users.outsider.grants.get(cluster="shop")
    assert grant.expires_at is not None
    assert timedelta(hours=7, minutes=59) < grant.expires_at - timezone.now() <= timedelta(hours=8)
    end(hours=2)
    client.force_login(User.objects.create_superuser("root"))
    assertContains(client.get("/settings/grants/"), "Ended")


@pytest.mark.django_db
def test_the_last_administrator_is_one_without_an_end(users: Users, client: Client) -> None:
    client.force_login(users.admin)
    Grant.objects.create(user=users.operator, role="admin", expires_at=timezone.now() + timedelta(days=1))
    mine = users.admin.grants.get()
    assertContains(client.post(f"/settings/grants/{mine.pk}/revoke/"), "no administrator", status_code=409)
