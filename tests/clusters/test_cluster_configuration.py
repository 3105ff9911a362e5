"""Default namespace, ECS Exec and storage keys of a cluster: at creation and later."""

from typing import Any

import pytest

from clusters.forms.configuration import configuration_initial, configuration_of
from clusters.models import Cluster
from ecsdash.access.models import User
from tests.clusters.test_edit_cluster import data
from tests.clusters.world import Desk, World, calls

EXEC = {
    "executeCommandConfiguration": {
        "kmsKeyId": "key-1",
        "logging": "OVERRIDE",
        "logConfiguration": {
            "cloudWatchLogGroupName": "/ecs/exec",
            "cloudWatchEncryptionEnabled": True,
            "s3BucketName": "exec-logs",
            "s3KeyPrefix": "shop",
        },
    },
    "managedStorageConfiguration": {"fargateEphemeralStorageKmsKeyId": "key-2"},
}
FORM = {
    "exec_logging": "OVERRIDE", "exec_key": "key-1", "exec_log_group": "/ecs/exec", "exec_log_encrypted": "on",
    "exec_bucket": "exec-logs", "exec_prefix": "shop", "fargate_key": "key-2",
}  # fmt: skip


@pytest.mark.parametrize(
    ("present", "changed", "after"),
    [
        ({}, {}, {}),
        (EXEC, {}, EXEC),
        ({"new": {"member": 1}}, {"exec_logging": "NONE"}, {
            "new": {"member": 1}, "executeCommandConfiguration": {"logging": "NONE"},
        }),
        (EXEC, {"exec_logging": "DEFAULT", "exec_key": "", "fargate_key": ""}, {
            "executeCommandConfiguration": {"logging": "DEFAULT"},
        }),
    ],
)  # fmt: skip
def test_the_form_writes_its_places_and_keeps_the_rest(
    present: dict[str, Any], changed: dict[str, Any], after: dict[str, Any]
) -> None:
    shown = configuration_initial({"configuration": present})
    assert configuration_of({**shown, **changed}, present) == after


def test_a_cluster_is_created_with_its_configuration(desk: Desk, operator: User) -> None:
    form = desk.cluster_data(name="fresh", namespace="shop.local", **FORM)
    step = desk.review("create_cluster", operator, form).steps[0]
    assert step.params["configuration"] == EXEC
    assert step.params["serviceConnectDefaults"] == {"namespace": "shop.local"}


def test_the_configuration_is_changed_later_and_undo_restores_it(
    world: World, operator: User, real_shop: Cluster
) -> None:
    real_shop.refresh_from_db()
    same = data("disabled", tuple(real_shop.capacity_providers))
    operation = world.run("edit_cluster", operator, {**same, **FORM}, cluster="shop")
    assert calls(operation.plan) == ["ecs.update_cluster"]
    real_shop.refresh_from_db()
    assert real_shop.description["configuration"] == EXEC
    world.undo(operation, operator)
    real_shop.refresh_from_db()
    assert not real_shop.description.get("configuration")


def test_override_needs_a_place_for_the_logs(desk: Desk, shop: Cluster, operator: User) -> None:
    errors = desk.errors("edit_cluster", operator, {**data(), "exec_logging": "OVERRIDE"}, cluster="shop")
    assert list(errors) == ["exec_log_group"]


def test_an_undo_that_was_stored_without_these_fields_keeps_the_configuration(
    desk: Desk, shop: Cluster, operator: User
) -> None:
    shop.description = {"configuration": EXEC, "serviceConnectDefaults": {"namespace": "shop.local"}}
    shop.save()
    stored = data("enabled", ("FARGATE", "FARGATE_SPOT"))
    plan = desk.review("edit_cluster", operator, stored, cluster="shop")
    assert calls(plan) == ["ecs.update_cluster_settings"]
