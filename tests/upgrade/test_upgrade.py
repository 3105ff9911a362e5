"""Upgrade from the last release: its processes may run beside the new ones, and its operations go on.

`last_release.json` is what that release left: its migrations and an operation in flight. `RECORD_RELEASE=1
pytest tests/upgrade` writes it again when a release is made (docs/operating.md).
"""

import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import StateApps

from ecsdash.access.models import User
from ecsdash.inventory.models import Account
from ecsdash.operations import runner
from ecsdash.operations.models import Operation, OperationStep
from ecsdash.operations.states import OperationState
from tests.operations import drive
from tests.services.simulated_services import IN_SERVICE, SimulatedServices
from tests.upgrade.old_rows import OldRows

LAST_RELEASE = Path(__file__).with_name("last_release.json")
RECORD = os.environ.get("RECORD_RELEASE") == "1"
OURS = {each.label for each in apps.get_app_configs() if each.name.startswith(("ecsdash.", "clusters", "services"))}
COUNT = 3


def last_release() -> dict[str, Any]:
    return dict(json.loads(LAST_RELEASE.read_text()))


def models_of_last_release() -> StateApps:
    loader = MigrationLoader(connection, replace_migrations=False)
    return loader.project_state([tuple(each) for each in last_release()["migrations"]]).apps


@pytest.mark.django_db
def test_the_last_release_reads_and_writes_every_table_of_this_one() -> None:
    old = OldRows()
    refused = {}
    for model in models_of_last_release().get_models():
        if model._meta.app_label not in OURS or not model._meta.managed:
            continue
        try:
            with transaction.atomic():
                row = old.created(model)
                model._default_manager.filter(pk=row.pk).count()
                assert model._default_manager.values().filter(pk=row.pk).exists()
        except Exception as error:
            refused[model._meta.label] = str(error).splitlines()[0]
    assert refused == {}


def test_an_operation_of_the_last_release_goes_on(service_stage: SimulatedServices, deployer: User) -> None:
    service_stage.steady_service(count=1)
    if RECORD:
        record_this_release(service_stage, deployer)
    operation = restored(last_release()["operation"], service_stage.scope.account, deployer)
    step = next(each for each in operation.plan.steps if each.call)
    service_stage.client("ecs").update_service(**step.params)  # by the process of the last release

    drive.succeed(operation, service_stage.sandbox)

    service_stage.sweep("services", "tasks")
    assert service_stage.service().running_count == COUNT


def restored(kept: dict[str, Any], account: Account, user: User) -> Operation:
    """Create the rows of the operation, with the columns that the last release had. Its worker's lease has ended."""
    operation = Operation.objects.create(**kept["columns"], account=account, user=user)
    for step in kept["steps"]:
        OperationStep.objects.create(operation=operation, **step)
    return operation


def record_this_release(service_stage: SimulatedServices, deployer: User) -> None:
    operation = service_stage.start("scale_service", deployer, {"desired_count": COUNT}, **IN_SERVICE)
    runner.run(operation.pk)
    operation.refresh_from_db()
    assert operation.state == OperationState.WAITING
    loader = MigrationLoader(connection, replace_migrations=False)
    leaves = sorted(node for node in loader.graph.leaf_nodes() if "squashed" not in node[1])
    kept = {"columns": columns(operation), "steps": [columns(step) for step in operation.steps.all()]}
    LAST_RELEASE.write_text(json.dumps({"migrations": leaves, "operation": kept}, indent=1) + "\n")
    operation.delete()


def columns(row: models.Model) -> dict[str, Any]:
    """Return the values of a row without its keys to other rows and without times."""
    plain = (str, int, bool, dict, list, uuid.UUID)
    values = {each.name: getattr(row, each.name) for each in row._meta.concrete_fields if not each.is_relation}
    return {name: str(v) if isinstance(v, uuid.UUID) else v for name, v in values.items() if isinstance(v, plain)}
