"""Whether policies allow an action on a resource, and AWS's message when they do not.

Evaluated as IAM documents it: actions, resources and their opposites; the operators below on the keys of the request.
A key that the request lacks does not match, except for negated operators and those with `IfExists`. An operator that is
not listed here counts as true.
"""

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

Policy = dict[str, Any]
Verdict = Literal["allowed", "not allowed", "denied", "not within the boundary"]
Context = Mapping[str, str]


def judge(policies: Sequence[Policy], action: str, resource: str, context: Context) -> Verdict:
    fitting = matching(policies, action, resource, context)
    if any(statement["Effect"] == "Deny" for statement in fitting):
        return "denied"
    return "allowed" if fitting else "not allowed"


def matching(policies: Sequence[Policy], action: str, resource: str, context: Context) -> list[dict[str, Any]]:
    """Return the statements about the action on the resource. Those of trust policies name no resource."""
    return [
        statement
        for policy in policies
        for statement in many(policy.get("Statement", []))
        if _matches(statement, action, resource, context)
    ]


def refusal(verdict: Verdict, arn: str, action: str, resource: str) -> str:
    reasons = {
        "denied": "with an explicit deny in an identity-based policy",
        "not within the boundary": f"because no permissions boundary allows the {action} action",
    }
    why = reasons.get(verdict, f"because no identity-based policy allows the {action} action")
    return f"User: {arn} is not authorized to perform: {action} on resource: {resource} {why}"


def many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(statement: dict[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        _names(statement, "Action", action.lower(), lower=True)
        and (not resource or _names(statement, "Resource", resource))
        and all(_holds(test, keys, context) for test, keys in statement.get("Condition", {}).items())
    )


def _names(statement: dict[str, Any], element: str, value: str, *, lower: bool = False) -> bool:
    positive = element in statement
    patterns = many(statement.get(element, statement.get(f"Not{element}", [])))
    found = any(_like(value, pattern.lower() if lower else pattern) for pattern in patterns)
    return found == positive


def _holds(test: str, keys: dict[str, Any], context: Context) -> bool:
    given = {key.lower(): value for key, value in context.items()}
    if test == "Null":
        return all((key.lower() not in given) == (str(many(value)[0]).lower() == "true") for key, value in keys.items())
    optional, name = test.endswith("IfExists"), test.removesuffix("IfExists").replace("Not", "")
    compare = _OPERATORS.get(name)
    if compare is None:
        return True
    negated = "Not" in test
    for key, wanted in keys.items():
        present = given.get(key.lower())
        if present is None:
            if not (negated or optional):
                return False
        elif any(compare(present, str(each)) for each in many(wanted)) == negated:
            return False
    return True


def _like(value: str, pattern: str) -> bool:
    """Match `*` and `?` like IAM: brackets are literal."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": _like,
}
