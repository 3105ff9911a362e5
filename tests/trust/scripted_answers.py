"""AWS for plans of a random estate: every call succeeds with an answer of botocore's shape, without a simulated AWS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from ecsdash.aws.calls import Answer
from ecsdash.aws.errors import Invalid
from ecsdash.aws.names import api_operation
from ecsdash.aws.service_models import service_model

DEEPEST: Final = 5


@dataclass
class ScriptedAnswers:
    """Records the calls. `before_call` gets the number of the calls made so far; the call `fails_at` is refused."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    before_call: Callable[[int], None] = lambda number: None
    fails_at: int = -1

    def call(self, name: str, /, **params: Any) -> Answer:
        if len(self.calls) == self.fails_at:
            self.fails_at = -1
            raise Invalid("RefusedByTests", "The tests refuse this call.", call=name, request_id="request")
        self.calls.append((name, params))
        answer = Answer(answer_of(name), f"request-{len(self.calls)}")
        self.before_call(len(self.calls))
        return answer

    def collect(self, name: str, key: str, /, **params: Any) -> list[Any]:
        """Return the items of a list that has one page."""
        items: list[Any] = self.call(name, **params).data[key]
        return items

    def describe(self, name: str, key: str, /, *, of: Sequence[Any], by: str, size: int, **params: Any) -> list[Any]:
        """Return what is described of these items, in one batch."""
        return self.collect(name, key, **params, **{by: list(of)})


@lru_cache(maxsize=128)
def _shape(call: str) -> Any:
    return service_model(call.partition(".")[0]).operation_model(api_operation(call)).output_shape


def answer_of(call: str) -> dict[str, Any]:
    return _value(_shape(call), "answer", 0) or {} if _shape(call) is not None else {}


def _value(shape: Any, name: str, depth: int) -> Any:
    if depth > DEEPEST:
        return None
    if shape.type_name == "structure":
        return {each: _value(inner, each, depth + 1) for each, inner in shape.members.items()}
    if shape.type_name == "list":
        return [_value(shape.member, name, depth + 1)]
    if shape.type_name in ("integer", "long"):
        return 7
    return {"string": f"made-{name}", "boolean": False, "map": {}}.get(shape.type_name)
