"""What IAM's policy simulator says about the statements of a policy, asked without making their calls."""

from collections.abc import Mapping, Sequence
from typing import Any

from ecsdash.aws.calls import Connection
from ecsdash.inventory.accounts.policies import Policy
from ecsdash.inventory.models import Verdict

SAMPLE = "ecsdash-connection-test"


def simulate(aws: Connection, source: str, policies: Sequence[Policy], region: str) -> dict[str, Verdict]:
    """Return the verdict on each action of the statements, for the identity `source` in a region.

    Each statement is simulated with a resource and with condition values that it names. An action is allowed when every
    statement that names it is fulfilled. Raise an AwsError.
    """
    verdicts: dict[str, Verdict] = {}
    for statement in policies:
        for action, verdict in _evaluate(aws, source, statement, region):
            if verdicts.get(action) != Verdict.DENIED:
                verdicts[action] = verdict
    return verdicts


def _evaluate(aws: Connection, source: str, statement: Policy, region: str) -> list[tuple[str, Verdict]]:
    evaluations = aws.collect(
        "iam.simulate_principal_policy",
        "EvaluationResults",
        PolicySourceArn=source,
        ActionNames=statement["Action"],
        ResourceArns=sample_resources(statement, region),
        ContextEntries=[
            {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
            for key, value in sample_context(statement, region).items()
        ],
    )
    return [
        (each["EvalActionName"], Verdict.ALLOWED if each["EvalDecision"] == "allowed" else Verdict.DENIED)
        for each in evaluations
        if _of_service(each["EvalResourceName"], each["EvalActionName"])
    ]


def _of_service(resource: str, action: str) -> bool:
    """Return whether the action can be on the resource: a statement names resources of several services."""
    return resource == "*" or resource.split(":")[2] == action.partition(":")[0]


def sample_resources(statement: Policy, region: str) -> list[str]:
    """Return an ARN for each resource pattern, `*` for a statement about all resources."""
    patterns = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    return [
        pattern if pattern == "*" else pattern.replace(":*:", f":{region}:", 1).replace("*", SAMPLE)
        for pattern in patterns
    ]


def sample_context(statement: Policy, region: str) -> dict[str, str]:
    """Return values under which the conditions of the statement hold, and the region."""
    keys: Mapping[str, Mapping[str, Any]] = statement.get("Condition", {})
    context = {"aws:RequestedRegion": region}
    for test, values in keys.items():
        for key, value in values.items():
            if key not in context:
                context[key] = SAMPLE if test == "Null" else value if isinstance(value, str) else value[0]
    return context
