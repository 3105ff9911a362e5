"""Task definitions go in as JSON, through form edits of every kind, and come back from ECS as they were written."""

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final


from ecsdash.access.models import User
from ecsdash.aws.shapes import patterns
from ecsdash.operations.actions import ACTIONS, ActionContext
from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.editing import NAMES_SUFFIX, places
from ecsdash.web.forms.document.fields import Entries, Pairs, bound_parts
from services.documents.described import SET_BY_ECS, present
from services.forms.task_definition.declaration import TASK_DEFINITION
from tests.operations import drive
from tests.services.definitions import form_data
from tests.services.simulated_tasks import SimulatedTasks
from tests.services.test_task_definition_edits import after, is_text, lists_of
from tests.services.valid_definitions import CALL, valid_definition

Document = dict[str, Any]
DEFINITIONS: Final = 200
RUN_EVERY: Final = 20  # the operations of these are run; the others are registered by the call of their plan
EDITS: Final = 3
#: The share of the members of RegisterTaskDefinition that the definitions have together.
SHARE: Final = 0.8
LISTS: Final = [
    bound.pattern
    for bound in bound_parts(TASK_DEFINITION.parts)
    if isinstance(bound.part, Entries) and "*" not in bound.pattern
]


def typed_and_back(document: Document, random: Random) -> Document:
    texts = [at for at, part in places(TASK_DEFINITION.parts, document) if is_text(part)]
    place = random.choice([at for at in texts if "\r" not in str(pointers.value_at(document, at))])
    before = pointers.value_at(document, place)
    if before == "":
        return document  # an emptied field has no member
    shown = before if isinstance(before, str) else ""
    return after(after(document, {place: "typed"}), {place: shown.replace("\n", "\r\n")})


def moved_and_back(document: Document, random: Random) -> Document:
    place, length = random.choice(list(lists_of(document)))
    number = random.randrange(length)
    if number + 1 == length:
        return document
    return after(after(document, op=f"down:{place}/{number}"), op=f"up:{place}/{number + 1}")


def duplicated_and_removed(document: Document, random: Random) -> Document:
    place, length = random.choice(list(lists_of(document)))
    number = random.randrange(length)
    return after(after(document, op=f"duplicate:{place}/{number}"), op=f"remove:{place}/{number + 1}")


def added_and_removed(document: Document, random: Random) -> Document:
    place = random.choice(LISTS)
    added = after(document, op=f"add:{place}")
    return after(added, op=f"remove:{place}/{len(pointers.value_at(added, place)) - 1}")


def pair_renamed_and_back(document: Document, random: Random) -> Document:
    """Rename the first name of a map: a label, an option of a log driver."""
    maps = [at for at, part in places(TASK_DEFINITION.parts, document) if isinstance(part, Pairs)]
    place = random.choice(maps)
    values = pointers.value_at(document, place)
    if not isinstance(values, dict) or not values or any("\r" in text for text in values.values()):
        return document
    names = list(values)
    part = next(part for at, part in places(TASK_DEFINITION.parts, document) if at == place)
    if isinstance(part, Pairs) and set(part.besides) & set(names):
        return document
    other = after(document, {place: list(values.values()), f"{place}{NAMES_SUFFIX}": ["renamed", *names[1:]]})
    return after(other, {place: list(values.values()), f"{place}{NAMES_SUFFIX}": names})


def through_json(document: Document, random: Random) -> Document:
    return after({"family": "other"}, sync="json", json=json.dumps(document, indent=random.choice([None, 2, 4])))


KINDS: Final[list[Callable[[Document, Random], Document]]] = [
    typed_and_back, moved_and_back, duplicated_and_removed, added_and_removed, pair_renamed_and_back,
]  # fmt: skip


def test_definitions_of_any_members_come_back_from_ecs_as_written(stage: SimulatedTasks, operator: User) -> None:
    seen: set[str] = set()
    for seed in range(DEFINITIONS):
        random, written = Random(seed), valid_definition(seed)
        document = through_json(written, random)
        for edit in random.sample(KINDS, EDITS):
            document = edit(document, random)
            assert json.dumps(document) == json.dumps(written), (seed, edit.__name__)
        assert_returned(registered(stage, operator, document, run=seed % RUN_EVERY == 0), present(written), str(seed))
        seen |= set(members_of(written))
    known = set(patterns(CALL))
    assert len(known & seen) > SHARE * len(known), sorted(known - seen)


def registered(stage: SimulatedTasks, user: User, document: Document, *, run: bool) -> Document:
    """Return what ECS describes after the registration by the action."""
    data = form_data(document)
    del data["fill_logs"], data["create_log_groups"]
    ecs = stage.client("ecs")
    if run:
        operation = drive.succeed(
            drive.start("register_task_definition", user, stage.scope, stage.place(), dict(data.lists())), stage.sandbox
        )
        arn = operation.outputs[0]["value"]
    else:
        action, context = ACTIONS["register_task_definition"], ActionContext(stage.scope, user)
        form = action.form_class(data, context=context)
        assert form.is_valid(), (form.errors, document)
        (step,) = action.plan(context, form.cleaned_data).steps
        params = {name: value for name, value in step.params.items() if name != "tags"}
        arn = ecs.register_task_definition(**params)["taskDefinition"]["taskDefinitionArn"]
    found: Document = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return {name: value for name, value in found.items() if name not in SET_BY_ECS}


#: What ECS adds where it is not given, by the name of the member.
ADDED: Final[dict[str, tuple[Any, ...]]] = {
    "essential": (True,), "cpu": (0,), "protocol": ("tcp",), "readOnly": (False,), "rootDirectory": ("/",),
    "networkMode": ("bridge",),
}  # fmt: skip


def assert_returned(found: Any, written: Any, place: str) -> None:
    """What was written is returned; beside it there are defaults and empty members only."""
    if isinstance(written, dict):
        for name, value in written.items():
            assert name in found, f"{place}/{name} is lost"
            assert_returned(found[name], value, f"{place}/{name}")
        for name in found.keys() - written.keys():
            expected = found[name] in ([], {}, None, *ADDED.get(name, ()))
            assert expected or name == "hostPort", f"{place}/{name}: {found[name]}"
    elif isinstance(written, list):
        assert len(found) == len(written), place
        for number, (each, value) in enumerate(zip(found, written, strict=True)):
            assert_returned(each, value, f"{place}/{number}")
    else:
        assert found == written, place


def members_of(value: Any, place: str = "") -> Any:
    """Yield the place of every member as the model names it: `/containerDefinitions/*/image`."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield f"{place}/{name}"
            yield from members_of(member, f"{place}/{name}")
    elif isinstance(value, list):
        for member in value:
            yield from members_of(member, f"{place}/*")
