"""Settings > Inventory refresh: age, cost and schedule of each scan."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.inventory.models import SweepState
from tests.users import make_account


@pytest.fixture
def state(db: None) -> SweepState:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    then = timezone.now() - timedelta(minutes=5)
    return SweepState.objects.create(
        account=account, region="eu-central-1", noun="services", started_at=then, completed_at=then, calls=612,
        seconds=31.4,
    )  # fmt: skip


def page(client: Client, admin: User) -> str:
    client.force_login(admin)
    return client.get(reverse("inventory:sweeps")).content.decode()


def test_an_admin_sees_how_old_it_is_and_what_it_cost(client: Client, admin: User, state: SweepState) -> None:
    text = page(client, admin)
    assert all(words in text for words in ("Services", "Complete", "5 min ago", "612", "31.4 s"))


def test_a_failure_says_why(client: Client, admin: User, state: SweepState) -> None:
    SweepState.objects.update(error_code="AccessDeniedException", error="not authorized to ListServices", failures=1)
    text = page(client, admin)
    assert "Failed" in text
    assert "not authorized to ListServices · The dashboard&#x27;s role" in text


def test_a_sweep_that_runs_says_how_far_it_is(client: Client, admin: User, state: SweepState) -> None:
    SweepState.objects.update(claimed_until=timezone.now() + timedelta(seconds=50), clusters_done=["a", "b"])
    text = page(client, admin)
    assert "Running" in text
    assert "2 clusters scanned" in text
