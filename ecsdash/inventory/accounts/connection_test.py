"""Connection test of an account: the identities in the account and the allowed IAM actions. Runs in a worker."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils import timezone

from ecsdash.aws.arns import parse
from ecsdash.aws.callers import INSTALLATION, Caller
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import AccessDenied, AwsError
from ecsdash.inventory import changes
from ecsdash.inventory.accounts.permissions import FeaturePermissions, PolicyLevel, actions_of, feature_permissions
from ecsdash.inventory.accounts.policies import SIMULATE, Policy, reader_policies, writer_policies
from ecsdash.inventory.accounts.probes import UNTRIED, probe
from ecsdash.inventory.accounts.simulation import SAMPLE, simulate
from ecsdash.inventory.models import Account, ConnectionTest, Verdict
from ecsdash.inventory.scope import Scope
from ecsdash.masking import mask
from ecsdash.web.polling.counters import Version

#: The change counter of an account's test.
COUNTER, NO_REGION = "connection", ""
NOT_SENT = {"ParamValidationError"}  # raised before a request is sent
READER, WRITER = "reader", "writer"
Result = dict[str, str]


def request(account: Account) -> ConnectionTest:
    """Request a test and clear the results of the previous one."""
    blank: dict[str, Any] = {
        "requested_at": timezone.now(),
        "finished_at": None,
        "identity": "",
        "writer_identity": "",
        "error": "",
        "results": [],
        "reader_may_write": [],
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
        test.identity = _identity(account, account.reader(account.regions[0]))
        test.writer_identity = _writer_identity(account)
        test.save(update_fields=["principal", "identity", "writer_identity"])
        _publish(account)
        for region in account.regions:
            _test_region(account, test, region)
            test.save(update_fields=["results", "reader_may_write"])
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
    target = replace(account.reader(account.regions[0]).target, role_arn="", external_id="")
    return role_of(str(Connection(target, read_only=True).call("sts.get_caller_identity").data["Arn"]))


def _identity(account: Account, aws: Connection) -> str:
    """Return the ARN in the account. Raise AccessDenied for another account, or when the role cannot be assumed."""
    caller = aws.call("sts.get_caller_identity").data
    if caller["Account"] != account.account_id:
        text = f"These credentials belong to account {caller['Account']}, not to account {account.account_id}."
        raise AccessDenied("OtherAccount", text)
    return str(caller["Arn"])


def _writer_identity(account: Account) -> str:
    """Return the writer's ARN in the account, and store whether its sessions may carry a source identity.

    Nothing else decides whether it is sent: a role that does not let it be set could not be assumed at all.
    """
    if not account.writer_role_arn:
        allowed, identity = False, ""
    else:
        writer = account.writer_target(account.regions[0])
        try:
            identity = _identity(account, Connection(writer, Caller(SAMPLE, SAMPLE), read_only=True))
            allowed = True
        except AccessDenied:
            identity = _identity(account, Connection(writer, INSTALLATION, read_only=True))
            allowed = False
    account.sets_source_identity = allowed
    account.save(update_fields=["sets_source_identity"])
    return identity


def role_of(arn: str) -> str:
    """Return the role of an assumed-role session ARN; any other ARN is returned unchanged."""
    session = parse(arn)
    if session is None or not session.resource.startswith("assumed-role/"):
        return arn
    return str(replace(session, service="iam", resource=f"role/{session.resource.split('/')[1]}"))


def _test_region(account: Account, test: ConnectionTest, region: str) -> None:
    """Add the results of a region: reads by calls of the reader, everything else by simulation.

    IAM is not regional: its statements are simulated in the first region only.
    """
    reader = account.reader(region)
    reads = _due(reader_policies(account), first=region == account.regions[0])
    writes = _due(writer_policies(account, PolicyLevel.ALL), first=region == account.regions[0])
    source = account.reader_role_arn or role_of(test.identity)
    results = [*_reads(account, reader, region), *_simulated(reader, READER, source, _only_untried(reads), region)]
    if account.writer_role_arn:
        results += _simulated(reader, WRITER, account.writer_role_arn, [*reads, *writes], region)
    elif not account.reader_role_arn:
        results += _simulated(reader, READER, source, writes, region)
    test.results = [*test.results, *_each_once(results)]
    if account.reader_role_arn != account.writer_role_arn:
        excess = _simulated(reader, READER, source, writes, region)
        allowed = {each["action"] for each in excess if each["verdict"] == Verdict.ALLOWED}
        test.reader_may_write = sorted({*test.reader_may_write, *allowed})


def _due(policies: Iterable[Policy], *, first: bool) -> list[Policy]:
    every = [statement for policy in policies for statement in policy["Statement"]]
    return [each for each in every if first or "aws:RequestedRegion" in str(each.get("Condition"))]


def _reads(account: Account, aws: Connection, region: str) -> list[Result]:
    calls = {call for each in _reading() for call in each.calls}
    return [
        _result(region, READER, actions_of(call)[0], _try(aws, call, account.account_id, region))
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


def _only_untried(statements: Iterable[Policy]) -> list[Policy]:
    """Return the statements with only those actions that are not tested by a call."""
    untried = {actions_of(call)[0] for call in UNTRIED}
    kept = [{**each, "Action": [action for action in each["Action"] if action in untried]} for each in statements]
    return [each for each in kept if each["Action"]]


def _simulated(aws: Connection, role: str, source: str, statements: list[Policy], region: str) -> list[Result]:
    """Return the simulator's verdicts. Without permission to ask it, they are not known."""
    actions = {action for each in statements for action in each["Action"]}
    try:
        verdicts = simulate(aws, source, statements, region)
    except AwsError as error:
        verdicts = {SIMULATE: Verdict.DENIED} if isinstance(error, AccessDenied) and SIMULATE in actions else {}
    return [_result(region, role, action, verdicts.get(action, Verdict.UNKNOWN)) for action in sorted(actions)]


def _result(region: str, role: str, action: str, verdict: Verdict) -> Result:
    return {"region": region, "role": role, "action": action, "verdict": verdict}


def _each_once(results: Iterable[Result]) -> list[Result]:
    return list({(each["role"], each["action"]): each for each in results}.values())


def _reading() -> list[FeaturePermissions]:
    return [each for each in feature_permissions() if each.level is PolicyLevel.READ]
