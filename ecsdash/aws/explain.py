"""AWS errors in plain words: what happened, why, how to fix it."""

import re
from dataclasses import dataclass

from ecsdash.aws.names import iam_action

DENIED = re.compile(r"perform:? ([a-z0-9-]{1,60}:[A-Za-z]{1,100})")


@dataclass(frozen=True)
class Explanation:
    """An error card. `statement` is an IAM policy statement that would allow the refused call, or None."""

    what: str
    why: str
    how: str
    raw: str
    statement: dict[str, object] | None = None


WHY_AND_HOW = {
    "AccessDenied": (
        "The dashboard's role in this account is not allowed to make this call.",
        "Add the statement below to that role's policy, then retry.",
    ),
    "sts.assume_role": (
        "AWS does not let this dashboard assume the account's role for this person.",
        "Compare the role's trust policy with the one in Settings > AWS accounts > Policies, test the connection, then"
        " retry.",
    ),
    "WriteRefused": (
        "This account is connected read-only.",
        "Add a writer role to the account in Settings > AWS accounts, then retry.",
    ),
    "ClusterNotFoundException": ("The cluster does not exist or is inactive.", "Refresh the list and choose another."),
    "ServiceNotFoundException": ("The service was deleted.", "Refresh the list of services."),
    "ServiceNotActiveException": ("The service is being deleted.", "Wait until it is gone, then create it again."),
    "PriorityInUse": (
        "Another rule of this listener has this priority now.",
        "Choose another priority, or none. If the operation creates a service, undo it first.",
    ),
    "EntityAlreadyExists": (
        "IAM already has a role or instance profile of this name, which the inventory did not list yet.",
        "Open the form again, refresh the options and choose the existing one.",
    ),
    "UpdateInProgressException": (
        "The cluster's capacity providers are being updated.",
        "Wait a minute, then retry.",
    ),
    "ClusterContainsServicesException": (
        "The cluster still has services.",
        "Delete the services first, or use Delete cluster, which removes everything in order.",
    ),
    "ClusterContainsTasksException": ("The cluster still has running tasks.", "Stop the tasks first."),
    "ClusterContainsContainerInstancesException": (
        "The cluster still has container instances.",
        "Terminate or deregister the instances first.",
    ),
    "InvalidParameterException": ("AWS refused one of the parameters.", "Correct what the message names, then retry."),
    "ClientException": ("AWS refused the request.", "Read the message from AWS below: it names what to change."),
    "LimitExceededException": (
        "A service quota of the account is reached.",
        "Delete what is not needed, or request a higher quota in Service Quotas.",
    ),
    "Throttled": (
        "Too many calls were made in this account and region.",
        "No action needed: the call is retried automatically.",
    ),
    "Unavailable": (
        "AWS did not respond, or returned an internal error.",
        "No action needed: the call is retried automatically. If it keeps failing, check the AWS Health Dashboard.",
    ),
    "NotAnAnswer": (
        "What came back is not from AWS, or only a part of its answer: a proxy or the network is in the way.",
        "Check the way from the dashboard to AWS, then retry: a retry first looks for what the call has done.",
    ),
    "TooLate": (
        "The dashboard was stopped, or too slow, between its decision to make the call and the call.",
        "No action needed: the call is made again.",
    ),
    "NotFound": ("The resource does not exist, or was deleted.", "Refresh the options and choose an existing one."),
    "Conflict": ("The resource is in use, or is being changed.", "Wait until that is finished, then retry."),
    "Invalid": ("AWS refused the parameters.", "Correct what the message names, then retry."),
}


def explain(kind: str, code: str, message: str, call: str = "") -> Explanation:
    """Return the explanation of an error: `kind` is that of the AwsError, `code` and `message` are AWS's."""
    why, how = WHY_AND_HOW.get(call) or WHY_AND_HOW.get(code) or WHY_AND_HOW.get(kind) or WHY_AND_HOW["Invalid"]
    statement: dict[str, object] | None = None
    if kind == "AccessDenied" and call != "sts.assume_role" and (missing := _missing_action(message, call)):
        statement = {"Effect": "Allow", "Action": missing, "Resource": "*"}
    what = f"{call or 'The call'} was refused" if kind not in ("Throttled", "Unavailable") else f"{call} got no answer"
    return Explanation(
        what=f"{what}: {message or code}", why=why, how=how, raw=f"{code}: {message}", statement=statement
    )


def _missing_action(message: str, call: str) -> str:
    named = DENIED.search(message)
    return named.group(1) if named else (iam_action(call) if call else "")
