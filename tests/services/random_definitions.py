"""Documents generated from botocore's model of a call, valid by that model: task definitions unless told otherwise."""

from random import Random
from typing import Any

from hypothesis import strategies as st

from ecsdash.aws.shapes import Shape, input_shape

CALL = "ecs.register_task_definition"
#: Texts as people and agents write them: line ends, blanks, quotes, and what looks like JSON or a pointer.
TEXTS = (
    "", " ", "a", "a b ", "a\nb", "a\r\nb", "a\rb", "[", '["x"]', "[ -f /x ]", '"', "~1/", "é😀", "true", "5", "•••",
    "x'y", "\\", "#names", "null", "\n", "-1", "0.5 vCPU", "\u2028", "<b>&amp;", "CMD-SHELL",
)  # fmt: skip
MOST_MEMBERS, MOST_ENTRIES = 5, 2


def definitions(call: str = CALL) -> st.SearchStrategy[dict[str, Any]]:
    return st.integers(0, 2**32).map(lambda seed: _value(Random(seed), input_shape(call)))


def _value(random: Random, shape: Shape) -> Any:
    if shape.kind == "structure":
        return _structure(random, shape)
    if shape.kind == "list" and shape.entry:
        return [_value(random, shape.entry) for _ in range(random.randint(0, MOST_ENTRIES))]
    if shape.kind == "map" and shape.entry:
        return {random.choice(TEXTS): _value(random, shape.entry) for _ in range(random.randint(0, MOST_ENTRIES))}
    if shape.kind == "boolean":
        return random.random() < 0.5
    if shape.kind in ("integer", "long"):
        return random.randint(-1, 70_000)
    return random.choice(shape.enum if shape.enum and random.random() < 0.7 else TEXTS)


def _structure(random: Random, shape: Shape) -> dict[str, Any]:
    """Return a structure with a few of its optional members, in any order."""
    optional = sorted(set(shape.members) - set(shape.required))
    names = [*shape.required, *random.sample(optional, random.randint(0, min(MOST_MEMBERS, len(optional))))]
    random.shuffle(names)
    return {name: _value(random, shape.members[name]) for name in names}
