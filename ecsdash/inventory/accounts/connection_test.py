"""Connection test of an account: the identity in the account and the allowed IAM actions. Runs in a worker."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils import timezone

from ecsdash.aws.arns import iam_arn, parse
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import AccessDenied, AwsError
from ecsdash.inventory import changes
from ecsdash.inventory.accounts.permissions import FeaturePermissions, PolicyLevel, actions_of, feature_permissions
from ecsdash.inventory.accounts.probes import UNTRIED, probe
from ecsdash.inventory.models import Account, ConnectionTest, Verdict
from ecsdash.inventory.scope import Scope
from ecsdash.masking import mask
from ecsdash.web.polling.counters import Version

SIMULATE = "iam:SimulatePrincipalPolicy"
#: The change counter of an account's test.
COUNTER, NO_REGION = "connection", ""
NOT_SENT = {"ParamValidationError"}  # raised before a request is sent


def request(account: Account) -> ConnectionTest:
    """Request a test and clear the results of the previous one."""
    blank: dict[str, Any] = {
        "requested_at": timezone.now(),
        "finished_at": None,
        "identity": "",
        "error": "",
        "results": [],
    }
    test, _ = ConnectionTest.objects.update_or_create(account=account, defaults=blank)
    _publish(account)
    return test


def version(account: Account) -> Version:
    """Return the version of a page that shows the test: it changes with every result."""
    return changes.version_of(Scope(account, NO_REGION), COUNTER)


def run(account_pk: int) -> None:
    """Run the test. The results of each region are stored as soon as they are complete, so that the page shows them."""
    account = Account.objects.get(pk=account_pk)
    test, _ = ConnectionTest.objects.get_or_create(account=account, defaults={"requested_at": timezone.now()})
    try:
        test.principal = _principal(account)
        test.identity = _identity(account)
        test.save(update_fields=["principal", "identity"])
        _publish(account)
        for region in account.regions:
            test.results = [*test.results, *_reads(account, region), *_simulated(account, test.identity, region)]
            test.save(update_fields=["results"])
            _publish(account)
    except AwsError as error:
        test.error = str(mask(error.message or error.code))
    test.finished_at = timezone.now()
    test.save()
    _publish(account)


def _publish(account: Account) -> None:
    changes.bump(account, NO_REGION, COUNTER)


def _principal(account: Account) -> str:
    """Return the ARN of the dashboard's own identity. Raise an AwsError without credentials."""
    target = replace(account.target(account.regions[0]), role_arn="", external_id="")
    return role_of(str(Connection(target).call("sts.get_caller_identity").data["Arn"]))


def _identity(account: Account) -> str:
    """Return the ARN in the account. Raise AccessDenied for another account, or when the role cannot be assumed."""
    caller = account.connection(account.regions[0]).call("sts.get_caller_identity").data
    if caller["Account"] != account.account_id:
        text = f"These credentials belong to account {caller['Account']}, not to account {account.account_id}."
        raise AccessDenied("OtherAccount", text)
    return str(caller["Arn"])


def role_of(arn: str) -> str:
    """Return the role of an assumed-role session ARN; any other ARN is returned unchanged."""
    session = parse(arn)
    if session is None or not session.resource.startswith("assumed-role/"):
        return arn
    return str(replace(session, service="iam", resource=f"role/{session.resource.split('/')[1]}"))


def _reads(account: Account, region: str) -> list[dict[str, str]]:
    aws = account.connection(region)
    calls = {call for each in _of(PolicyLevel.READ) for call in each.calls}
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
        return Verdict.UNKNOWN if error.retryable or error.code in NOT_SENT else Verdict.ALLOWED
    return Verdict.ALLOWED


def _simulated(account: Account, identity: str, region: str) -> list[dict[str, str]]:
    """Return the verdicts of the IAM policy simulator for actions that the test must not call."""
    calls = {
        call
        for each in _of(*PolicyLevel)
        for call in each.calls
        if each.level is not PolicyLevel.READ or call in UNTRIED
    }
    actions = sorted({action for call in calls for action in actions_of(call)} - {SIMULATE})
    roles = [action for action in actions if action.startswith("iam:")]
    others = [action for action in actions if action not in roles]
    source = account.role_arn or role_of(identity)
    role = iam_arn(region, account.account_id, "role/ecsdash-connection-test")
    try:
        simulated = _simulate(account, region, source, others, "*") | _simulate(account, region, source, roles, role)
        own = Verdict.ALLOWED
    except AwsError as error:
        simulated, own = {}, Verdict.DENIED if isinstance(error, AccessDenied) else Verdict.UNKNOWN
    results = {action: simulated.get(action, Verdict.UNKNOWN) for action in actions}
    results[SIMULATE] = own
    return [{"region": region, "action": action, "verdict": verdict} for action, verdict in results.items()]


def _simulate(account: Account, region: str, source: str, actions: list[str], resource: str) -> dict[str, Verdict]:
    context = {
        "aws:RequestedRegion": region,
        "iam:PassedToService": "ecs-tasks.amazonaws.com",
        "iam:AWSServiceName": "ecs.amazonaws.com",
    }
    evaluations = account.connection(region).collect(
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
        for each in evaluations
    }


def _of(*levels: PolicyLevel) -> Iterable[FeaturePermissions]:
    return [each for each in feature_permissions() if each.level in levels]
