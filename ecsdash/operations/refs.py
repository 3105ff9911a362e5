"""Placeholders inside a plan's data, replaced when a step is about to run."""

import secrets
import string
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ecsdash.access.references import Own
from ecsdash.aws import names

#: Replaced by the step's id: a tag or token by which the effect of this step can be found again.
STEP_ID = {"$step_id": True}
STEP_TAG = names.STEP_TAG
#: In the result of a step whose call ended with a tolerated error: its code. The effect was there before the step.
TOLERATED = "tolerated"
Results = Mapping[str, Mapping[str, Any]]


class UnresolvedReference(Exception):
    """A placeholder names a result that does not exist: a defect of the plan, not of AWS."""


def ref(path: str) -> dict[str, str]:
    """`ref("create_cluster.cluster.clusterArn")`: from the answer of the step `create_cluster`; numbers index lists."""
    return {"$ref": path}


def join(*parts: Any) -> dict[str, list[Any]]:
    """The parts, refs among them, as one text."""
    return {"$join": list(parts)}


def random_secret(length: int = 32) -> dict[str, dict[str, int]]:
    """Replaced by a random secret at the moment of the call. It is stored nowhere here: only AWS receives it."""
    return {"$random_secret": {"length": length}}


def resolve(data: Any, results: Results, step_id: str) -> Any:
    """A copy of `data` with every placeholder replaced."""
    if isinstance(data, Mapping):
        if len(data) == 1:
            (name, argument), *_ = data.items()
            if name in PLACEHOLDERS:
                return PLACEHOLDERS[name](argument, results, step_id)
        return {key: resolve(value, results, step_id) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [resolve(item, results, step_id) for item in data]
    return data


def paths(data: Any) -> Iterator[str]:
    """Yield the paths of all refs in `data`."""
    if isinstance(data, Mapping):
        if "$ref" in data:
            yield data["$ref"]
        for value in data.values():
            yield from paths(value)
    elif isinstance(data, list | tuple):
        for item in data:
            yield from paths(item)


def described(data: Any) -> Any:
    """A copy of `data` for people to read: placeholders as `<...>`."""
    if isinstance(data, Mapping):
        if "$ref" in data:
            step, _, path = data["$ref"].partition(".")
            return f"<{path} of {step}>"
        if "$join" in data:
            return "".join(str(described(part)) for part in data["$join"])
        if "$step_id" in data:
            return "<id of this step>"
        if "$random_secret" in data:
            return "<random, generated at the call>"
        return {key: described(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [described(item) for item in data]
    return data


def with_own(data: Any) -> Any:
    """A copy of `data` to judge by what it names: what earlier steps return is marked as Own."""
    if isinstance(data, Mapping):
        if "$ref" in data:
            return Own(data["$ref"])
        if "$join" in data:
            parts = [with_own(part) for part in data["$join"]]
            text = "".join(map(str, parts))
            return Own(text) if any(isinstance(part, Own) for part in parts) else text
        if "$step_id" in data or "$random_secret" in data:
            return ""
        return {key: with_own(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [with_own(item) for item in data]
    return data


def _ref(path: str, results: Results, step_id: str) -> Any:
    value: Any = results
    for part in path.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise UnresolvedReference(f"no {part!r} at {path!r}") from error
    return value


def _join(parts: list[Any], results: Results, step_id: str) -> str:
    return "".join(str(resolve(part, results, step_id)) for part in parts)


def _random_secret(options: Mapping[str, int], results: Results, step_id: str) -> str:
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(options["length"]))


PLACEHOLDERS: dict[str, Callable[[Any, Results, str], Any]] = {
    "$ref": _ref,
    "$join": _join,
    "$step_id": lambda _, results, step_id: step_id,
    "$random_secret": _random_secret,
}
