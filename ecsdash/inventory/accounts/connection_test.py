"""The connection test of an account: who we are there, and which of our calls its role allows. Run by a worker."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils import timezone

from ecsdash.aws.arns import iam_arn, parse
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import AccessDenied, AwsError
from ecsdash.inventory import changes
from ecsdash.inventory.accounts.permissions import Need, Tier, actions_of, needs
from ecsdash.inventory.accounts.probes import UNTRIED, probe
from ecsdash.inventory.models import Account, ConnectionTest, Verdict
from ecsdash.inventory.scope import Scope
from ecsdash.masking import mask
from ecsdash.web.polling.counters import Version

OWN = "iam:SimulatePrincipalPolicy"
#: The change counter of an account's test.
COUNTER, NO_REGION = "connection", ""
NOT_ASKED = {"ParamValidationError"}  # our own fault: AWS was not asked


def ask(account: Account) -> ConnectionTest:
    """Note that a test is wanted; what the last one found goes."""
    blank: dict[str, Any] = {
        "requested_at": timezone.now(),
        "finished_at": None,
        "identity": "",
        "error": "",
        "results": [],
    }
    test, _ = ConnectionTest.objects.update_or_create(account=account, defaults=blank)
    _tell(account)
    return test


def version(account: Account) -> Version:
    """Changes with whatever a test says."""
    return changes.version_of(Scope(account, NO_REGION), COUNTER)


def run(account_pk: int) -> None:
    """Each region's results are stored as they come, so that the page shows them."""
    account = Account.objects.get(pk=account_pk)
    test, _ = ConnectionTest.objects.get_or_create(account=account, defaults={"requested_at": timezone.now()})
    try:
        test.principal = _principal(account)
        test.identity = _identity(account)
        test.save(update_fields=["principal", "identity"])
        _tell(account)
        for region in account.regions:
            test.results = [*test.results, *_reads(account, region), *_unasked(account, test.identity, region)]
            test.save(update_fields=["results"])
            _tell(account)
    except AwsError as error:
        test.error = str(mask(error.message or error.code))
    test.finished_at = timezone.now()
    test.save()
    _tell(account)


def _tell(account: Account) -> None:
    changes.bump(account, NO_REGION, COUNTER)


def _principal(account: Account) -> str:
    """Who the dashboard is before it assumes any role. Raises an AwsError when it has no credentials at all."""
    target = replace(account.target(account.regions[0]), role_arn="", external_id="")
    return role_of(str(Connection(target).call("sts.get_caller_identity").data["Arn"]))


def _identity(account: Account) -> str:
    """Who we are in the account. Raises AccessDenied when that is another account, or the role is refused."""
    told = account.connection(account.regions[0]).call("sts.get_caller_identity").data
    if told["Account"] != account.account_id:
        text = f"These credentials belong to account {told['Account']}, not to account {account.account_id}."
        raise AccessDenied("OtherAccount", text)
    return str(told["Arn"])


def role_of(arn: str) -> str:
    """The role behind the ARN of an assumed role's session; any other ARN as it is."""
    session = parse(arn)
    if session is None or not session.resource.startswith("assumed-role/"):
        return arn
    return str(replace(session, service="iam", resource=f"role/{session.resource.split('/')[1]}"))


def _reads(account: Account, region: str) -> list[dict[str, str]]:
    aws = account.connection(region)
    calls = {call for each in _of(Tier.READ) for call in each.calls}
    return [
        {"region": region, "action": actions_of(call)[0], "verdict": _try(aws, call, account.account_id, region)}
        for call in sorted(calls - UNTRIED)
    ]


def _try(aws: Connection, call: str, account_id: str, region: str) -> Verdict:
    try:
        aws.call(call, **probe(call, account_id, region))
    except AccessDenied:
        return Verdict.DENIED
    except AwsError as error:
        return Verdict.UNKNOWN if error.retryable or error.code in NOT_ASKED else Verdict.ALLOWED
    return Verdict.ALLOWED


def _unasked(account: Account, identity: str, region: str) -> list[dict[str, str]]:
    """What a test must not do itself: IAM is asked what it would say."""
    calls = {call for each in _of(*Tier) for call in each.calls if each.tier is not Tier.READ or call in UNTRIED}
    actions = sorted({action for call in calls for action in actions_of(call)} - {OWN})
    roles = [action for action in actions if action.startswith("iam:")]
    others = [action for action in actions if action not in roles]
    source = account.role_arn or role_of(identity)
    role = iam_arn(region, account.account_id, "role/ecsdash-connection-test")
    try:
        told = _simulate(account, region, source, others, "*") | _simulate(account, region, source, roles, role)
        own = Verdict.ALLOWED
    except AwsError as error:
        told, own = {}, Verdict.DENIED if isinstance(error, AccessDenied) else Verdict.UNKNOWN
    results = {action: told.get(action, Verdict.UNKNOWN) for action in actions}
    results[OWN] = own
    return [{"region": region, "action": action, "verdict": verdict} for action, verdict in results.items()]


def _simulate(account: Account, region: str, source: str, actions: list[str], resource: str) -> dict[str, Verdict]:
    context = {
        "aws:RequestedRegion": region,
        "iam:PassedToService": "ecs-tasks.amazonaws.com",
        "iam:AWSServiceName": "ecs.amazonaws.com",
    }
    found = account.connection(region).collect(
        "iam.simulate_principal_policy",
        "EvaluationResults",
        PolicySourceArn=source,
        ActionNames=actions,
        ResourceArns=[resource],
        ContextEntries=[
            {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
            for key, value in context.items()
        ],
    )
    return {
        each["EvalActionName"]: Verdict.ALLOWED if each["EvalDecision"] == "allowed" else Verdict.DENIED
        for each in found
    }


def _of(*tiers: Tier) -> Iterable[Need]:
    return [each for each in needs() if each.tier in tiers]
