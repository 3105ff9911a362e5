"""The action "Edit tags" is the same for everything that has tags."""

from clusters.forms.tags import group_data
from ecsdash.access.models import User
from ecsdash.inventory.models import Resource
from services.models import Service, Task, TaskDefinition
from tests.services.simulated_services import SimulatedServices

TAGS = group_data("tags", [{"key": "team", "value": "shop"}, {"key": "cost", "value": "7"}])


def place(row: Resource) -> dict[str, str]:
    return {key: value for key, value in row.url_kwargs().items() if key not in ("account", "region")}


def test_tags_of_a_service_its_task_and_its_definition_are_set_and_undo_removes_them(
    service_stage: SimulatedServices, operator: User
) -> None:
    service_stage.steady_service(1)
    for model in (Service, Task, TaskDefinition):
        row = model.objects.get()
        before, action = dict(row.tags), f"edit_{row.NOUN}_tags"
        operation = service_stage.do(action, operator, TAGS, **place(row))
        row.refresh_from_db()
        assert row.tags == {**before, "team": "shop", "cost": "7"}
        undo = operation.plan.undo
        assert undo is not None
        assert service_stage.do(undo.action, operator, undo.data, **place(row)).state == "succeeded"
        row.refresh_from_db()
        assert row.tags == before
