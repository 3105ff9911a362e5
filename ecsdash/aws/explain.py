"""AWS errors in plain words: what happened, why, how to fix it."""

import re
from dataclasses import dataclass

from ecsdash.aws.names import iam_action


@dataclass(frozen=True)
class Explanation:
    """An error card. `statement` is an IAM policy statement that would allow what was refused, or None."""

    what: str
    why: str
    how: str
    raw: str
    statement: dict[str, object] | None = None


WHY_AND_HOW = {
    "AccessDenied": (
        "The role that this dashboard uses in the account may not make this call.",
        "Add the statement below to that role's policy, then retry.",
    ),
    "ClusterNotFoundException": ("The cluster does not exist or is inactive.", "Refresh the list, pick another."),
    "ServiceNotFoundException": ("The service was deleted meanwhile.", "Refresh the list of services."),
    "ServiceNotActiveException": ("The service is being deleted.", "Wait until it is gone, then create it again."),
    "PriorityInUse": (
        "Another rule of this listener got that number in the meantime.",
        "Undo removes what was made before. Then create it anew with another number, or with none: one is found then.",
    ),
    "EntityAlreadyExists": (
        "IAM has a role or profile of this name already, which the inventory did not know when the plan was made.",
        "Open the form again, refresh the options, and choose the one that exists.",
    ),
    "UpdateInProgressException": (
        "The cluster's capacity providers are being changed at this moment.",
        "Wait a minute, then retry.",
    ),
    "ClusterContainsServicesException": (
        "Services still run in the cluster.",
        "Delete them first, or use Delete cluster here, which takes everything down in order.",
    ),
    "ClusterContainsTasksException": ("Tasks still run in the cluster.", "Stop them first."),
    "ClusterContainsContainerInstancesException": (
        "Container instances are still registered in the cluster.",
        "Terminate or deregister them first.",
    ),
    "InvalidParameterException": ("AWS refused one of the parameters.", "Change what the message names and retry."),
    "ClientException": ("AWS refused the request.", "Read AWS's own words below; they name what to change."),
    "LimitExceededException": (
        "A quota of the account is used up.",
        "Remove what is no longer needed or ask AWS to raise the quota.",
    ),
    "Throttled": ("Too many calls were made in this account and region.", "Nothing to do: it is tried again."),
    "Unavailable": (
        "AWS did not answer, or answered with an error of its own.",
        "Nothing to do: it is tried again. Look at the AWS health page if it lasts.",
    ),
    "NotFound": ("What the call names does not exist (any more).", "Refresh, then choose what exists."),
    "Conflict": ("Something else is using or changing it.", "Wait until that has ended, then retry."),
    "Invalid": ("AWS refused the parameters.", "Change what the message names and retry."),
}


def explain(kind: str, code: str, message: str, call: str = "") -> Explanation:
    """`kind` is the class name of the AwsError, `code` and `message` are AWS's own."""
    why, how = WHY_AND_HOW.get(code) or WHY_AND_HOW.get(kind) or WHY_AND_HOW["Invalid"]
    statement: dict[str, object] | None = None
    if kind == "AccessDenied" and (missing := _missing_action(message, call)):
        statement = {"Effect": "Allow", "Action": missing, "Resource": "*"}
    what = f"{call or 'The call'} was refused" if kind not in ("Throttled", "Unavailable") else f"{call} got no answer"
    return Explanation(
        what=f"{what}: {message or code}", why=why, how=how, raw=f"{code}: {message}", statement=statement
    )


def _missing_action(message: str, call: str) -> str:
    named = re.search(r"perform:? ([a-z0-9-]+:[A-Za-z]+)", message)
    return named.group(1) if named else (iam_action(call) if call else "")
