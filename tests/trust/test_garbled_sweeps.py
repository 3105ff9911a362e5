"""Whatever comes instead of an answer of AWS, a sweep marks nothing as gone, and the forms of what is there open."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.test import Client
from pytest_django import Settings

from ecsdash.access.models import User
from ecsdash.aws import buckets
from ecsdash.aws.session import forget
from ecsdash.inventory.models import Account, Resource, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.registry import SWEEPERS
from ecsdash.inventory.sweeps.run import sweep_now
from tests.processes import REGION, Sandbox
from tests.services.simulated_services import IN_SERVICE, SimulatedServices
from tests.trust import garbage
from tests.trust.garbled_reads import GarbledReads

#: These ask nothing here: there is no container instance and no deployment; what is new is read from a position.
NO_LIST = {"container_instances", "service_deployments", "external_changes"}


@pytest.fixture
def stage(aws_account: Account, sandbox: Sandbox) -> SimulatedServices:
    stage = SimulatedServices(Scope(aws_account, REGION), sandbox)
    stage.build()
    sweep_now(stage.scope)
    return stage


@pytest.fixture
def reads(stage: SimulatedServices, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[GarbledReads]:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    monkeypatch.setattr(buckets, "_buckets", None)
    with GarbledReads(stage.sandbox).open() as proxy:
        assert isinstance(proxy, GarbledReads)
        settings.AWS_ENDPOINT_URL = proxy.url
        forget()
        yield proxy
    forget()


def present() -> dict[str, int]:
    """Return the number of rows of each kind that are not gone."""
    models = [model for model in apps.get_models() if issubclass(model, Resource)]
    return {model.__name__: model._default_manager.filter(gone_at=None).count() for model in models}


def test_no_kind_of_garbage_makes_a_row_gone(
    stage: SimulatedServices, reads: GarbledReads, operator: User, client: Client
) -> None:
    before, problems = present(), {}
    assert sum(before.values()) > 30
    for kind in garbage.KINDS:
        reads.kind = kind
        sweep_now(stage.scope)
        complete = set(SweepState.objects.filter(region=REGION, error_code="").values_list("noun", flat=True))
        problems[kind] = (complete - NO_LIST, present() == before)
    assert problems == dict.fromkeys(garbage.KINDS, (set(), True))
    assert set(SweepState.objects.filter(region=REGION).values_list("noun", flat=True)) == set(SWEEPERS)
    client.force_login(operator)
    form = f"/demo/{REGION}/clusters/{IN_SERVICE['cluster']}/services/new/"
    assert client.get(form).status_code == 200
