"""Live check of what an execution role may do, by IAM's policy simulator."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AccessDenied, NotFound
from ecsdash.operations.hooks import live_check
from ecsdash.operations.plan import Check, Level

#: Refused purposes that the detail names.
NAMED_AT_MOST: Final = 5
NOT_JUDGED: Final = "Policies of the resources themselves are not simulated."


@live_check
def role_may(aws: Aws, role: str, region: str, needs: list[dict[str, Any]]) -> Check:
    """Return whether the policies of the role allow every action that is needed."""
    name = role.rpartition("/")[2]
    try:
        decisions = _decisions(aws, role, region, needs)
    except AccessDenied as error:
        return Check(
            Level.UNCHECKED,
            f"Whether the execution role {name} may do what the containers need is not checked",
            f"iam:SimulatePrincipalPolicy on this role is not allowed to the dashboard: {error.message}",
            "Add the role under Task and instance roles of the account and paste its policy again.",
        )
    except NotFound:
        fix = "Create the role, or choose another."
        return Check(Level.WARN, f"The execution role {name} does not exist", "Tasks cannot start without it.", fix)
    refused = [each for each in needs if any(_decision(decisions, each, act) != "allowed" for act in each["actions"])]
    if not refused:
        purposes = ", ".join(each["purpose"] for each in needs[:NAMED_AT_MOST])
        more = f" and {len(needs) - NAMED_AT_MOST} more" if len(needs) > NAMED_AT_MOST else ""
        title = f"The execution role {name} may do what the containers need"
        return Check(Level.OK, title, f"It may {purposes}{more}.")
    return _refusal(name, refused, decisions)


Decisions = dict[tuple[str, str], str]


def _decisions(aws: Aws, role: str, region: str, needs: Sequence[dict[str, Any]]) -> Decisions:
    """Return the decision on each action and resource. Needs with the same actions are one call."""
    resources: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for each in needs:
        resources[tuple(each["actions"])].append(each["resource"])
    found = {}
    for actions, named in resources.items():
        for result in aws.collect(
            "iam.simulate_principal_policy",
            "EvaluationResults",
            PolicySourceArn=role,
            ActionNames=list(actions),
            ResourceArns=list(dict.fromkeys(named)),
            ContextEntries=[
                {"ContextKeyName": "aws:RequestedRegion", "ContextKeyValues": [region], "ContextKeyType": "string"}
            ],
        ):
            found[result["EvalActionName"].lower(), result["EvalResourceName"]] = result["EvalDecision"]
    return found


def _decision(decisions: Decisions, need: dict[str, Any], action: str) -> str:
    return decisions.get((action.lower(), need["resource"]), "implicitDeny")


def _refusal(name: str, refused: Sequence[dict[str, Any]], decisions: Decisions) -> Check:
    others = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
    lines = list(_reasons(refused[:NAMED_AT_MOST], decisions))
    return Check(
        Level.WARN,
        f"The execution role {name} may not {refused[0]['purpose']}{others}",
        f"Tasks will fail to start. {' '.join(lines)} {NOT_JUDGED}",
        "Allow these actions in a policy of the role, or remove the statement that denies them.",
    )


def _reasons(refused: Sequence[dict[str, Any]], decisions: Decisions) -> Iterator[str]:
    for need in refused:
        denied = [each for each in need["actions"] if _decision(decisions, need, each) != "allowed"]
        explicit = any(_decision(decisions, need, each) == "explicitDeny" for each in denied)
        how = "denied by a statement" if explicit else "not allowed"
        yield f"{', '.join(denied)} on {need['resource']}: {how}."
