"""Whether identity-based policies allow an action on a resource, and AWS's message when they do not.

Actions, resources and their opposites are understood, with the conditions below on the keys that the request itself
shows; any other condition is taken to hold.
"""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

from ecsdash.sandbox.http.principal import Policy

Verdict = Literal["allowed", "not allowed", "denied"]
Context = Mapping[str, str]
_EXACT = {"StringEquals", "ArnEquals"}
_LIKE = {"StringLike", "ArnLike"}


def judge(policies: Sequence[Policy], action: str, resource: str, context: Context) -> Verdict:
    matching = [
        statement
        for policy in policies
        for statement in _many(policy.get("Statement", []))
        if _matches(statement, action, resource, context)
    ]
    if any(statement["Effect"] == "Deny" for statement in matching):
        return "denied"
    return "allowed" if matching else "not allowed"


def refusal(verdict: Verdict, arn: str, action: str, resource: str) -> str:
    why = (
        "with an explicit deny in an identity-based policy"
        if verdict == "denied"
        else f"because no identity-based policy allows the {action} action"
    )
    return f"User: {arn} is not authorized to perform: {action} on resource: {resource} {why}"


def _matches(statement: dict[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        _names(statement, "Action", action.lower(), lower=True)
        and _names(statement, "Resource", resource)
        and all(_holds(test, keys, context) for test, keys in statement.get("Condition", {}).items())
    )


def _names(statement: dict[str, Any], element: str, value: str, *, lower: bool = False) -> bool:
    positive = element in statement
    patterns = _many(statement.get(element, statement.get(f"Not{element}", [])))
    found = any(_like(value, pattern.lower() if lower else pattern) for pattern in patterns)
    return found == positive


def _holds(test: str, keys: dict[str, Any], context: Context) -> bool:
    if test not in _EXACT | _LIKE:
        return True
    for key, wanted in keys.items():
        if key not in context:
            if key.startswith(("ecs:", "iam:", "aws:RequestTag/")):
                return False
            continue
        if not any(_like(context[key], each) if test in _LIKE else context[key] == each for each in _many(wanted)):
            return False
    return True


def _like(value: str, pattern: str) -> bool:
    """Match `*` and `?` like IAM: brackets are literal."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
