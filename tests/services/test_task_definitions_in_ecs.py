"""Task definitions go in as JSON, through form edits of every kind, and come back from ECS as they were written."""

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

from ecsdash.access.models import User
from ecsdash.aws.shapes import patterns
from ecsdash.masking import MASK
from ecsdash.operations.refs import STEP_TAG, resolve
from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.editing import NAMES_SUFFIX, places
from ecsdash.web.forms.document.fields import Entries, Pairs, bound_parts
from services.documents.described import SET_BY_ECS, present
from services.documents.findings import by_model
from services.documents.findings.sizes import cpu_units, memory_mib
from services.forms.task_definition.declaration import TASK_DEFINITION
from services.planning.task_definitions import register_step
from tests.operations import drive
from tests.services.definitions import ROLE, form_data
from tests.services.documents.samples.taken import TAKEN
from tests.services.form_edits import is_text, lists_of
from tests.services.random_definitions import CALL
from tests.services.simulated_tasks import SimulatedTasks
from tests.services.test_task_definition_actions import everything
from tests.services.test_task_definition_edits import after
from tests.services.valid_definitions import valid_definition

Document = dict[str, Any]
DEFINITIONS: Final = 200
RUN_EVERY: Final = 20  # the operations of these are run; the others are registered by the call of their plan
EDITS: Final = 2
#: The share of the members of RegisterTaskDefinition that the definitions have together.
SHARE: Final = 0.85
#: Written by hand, with roles that the account has.
BY_HAND: Final = [
    {name: value for name, value in each.items() if name != "taskRoleArn"} | {"executionRoleArn": ROLE}
    for each in (*TAKEN.values(), *everything())
    if MASK not in json.dumps(each, ensure_ascii=False)
]
LISTS: Final = [
    bound.pattern
    for bound in bound_parts(TASK_DEFINITION.parts)
    if isinstance(bound.part, Entries) and "*" not in bound.pattern
]


def typed_and_back(document: Document, random: Random) -> Document:
    texts = [at for at, part in places(TASK_DEFINITION.parts, document) if is_text(part)]
    place = random.choice([at for at in texts if "\r" not in str(pointers.value_at(document, at))])
    before, above = pointers.value_at(document, place), pointers.split(place)[:-1]
    inside = [pointers.value_at(document, pointers.join(*above[:end])) for end in range(1, len(above) + 1)]
    if before == "" or None in inside:
        return document  # an emptied field has no member, nor has an object without members
    shown = before if isinstance(before, str) else ""
    return after(after(document, {place: "typed"}), {place: shown.replace("\n", "\r\n")})


def moved_and_back(document: Document, random: Random) -> Document:
    place, length = random.choice(list(lists_of(TASK_DEFINITION, document)))
    number = random.randrange(length)
    if number + 1 == length:
        return document
    return after(after(document, op=f"down:{place}/{number}"), op=f"up:{place}/{number + 1}")


def duplicated_and_removed(document: Document, random: Random) -> Document:
    place, length = random.choice(list(lists_of(TASK_DEFINITION, document)))
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


def test_definitions_of_any_members_come_back_from_ecs_as_written(stage: SimulatedTasks, admin: User) -> None:
    seen: set[str] = set()
    for seed, written in enumerate([*BY_HAND, *map(valid_definition, range(DEFINITIONS))]):
        random = Random(seed)
        document = through_json(written, random)
        for edit in random.sample(KINDS, EDITS):
            document = edit(document, random)
            assert json.dumps(document) == json.dumps(written), (seed, edit.__name__)
        found = registered(stage, admin, document, run=seed % RUN_EVERY == 0)
        assert_returned(found, as_ecs_writes(written), str(seed))
        seen |= set(members_of(written))
    known = set(patterns(CALL))
    assert len(known & seen) > SHARE * len(known), sorted(known - seen)


def as_ecs_writes(definition: Document) -> Document:
    """Return the definition without empty members, and with the sizes of its task in CPU units and MiB."""
    found: Document = present(definition)
    read = {"cpu": cpu_units, "memory": memory_mib}
    return found | {name: str(read[name](found[name])) for name in read if name in found}


def registered(stage: SimulatedTasks, user: User, document: Document, *, run: bool) -> Document:
    """Return what ECS describes after the registration: by the whole operation, or by the call that it makes."""
    data, ecs = form_data(document), stage.client("ecs")
    del data["fill_logs"], data["create_log_groups"]
    if run:
        started = drive.start("register_task_definition", user, stage.scope, stage.place(), dict(data.lists()))
        arn = drive.succeed(started, stage.sandbox).outputs[0]["value"]
    else:
        step = register_step(by_model(document, CALL).usable, None)
        arn = ecs.register_task_definition(**resolve(step.params, {}, "step"))["taskDefinition"]["taskDefinitionArn"]
    answer = ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
    tags = [tag for tag in answer["tags"] if tag["key"] != STEP_TAG]
    return {name: value for name, value in answer["taskDefinition"].items() if name not in SET_BY_ECS} | {"tags": tags}


#: What ECS adds where it is not given, by the name of the member.
ADDED: Final[dict[str, tuple[Any, ...]]] = {
    "essential": (True,), "cpu": (0,), "protocol": ("tcp",), "readOnly": (False,), "rootDirectory": ("/",),
    "networkMode": ("bridge",), "value": ("",), "interval": (30,), "timeout": (5,), "retries": (3,),
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
