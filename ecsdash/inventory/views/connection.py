"""Views of an account's connection test and policies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from ecsdash.access.decorators import require
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.inventory import jobs
from ecsdash.inventory.accounts import connection_test, policies
from ecsdash.inventory.accounts.permissions import FeaturePermissions, PolicyLevel, feature_permissions
from ecsdash.inventory.models import Account, ConnectionTest, Verdict
from ecsdash.inventory.views.account_pages import account_context, audit
from ecsdash.web.enqueue import enqueue
from ecsdash.web.html import pretty
from ecsdash.web.polling import fragments
from ecsdash.web.tone import Tone

LONGEST = timedelta(minutes=10)
TONES = {Verdict.ALLOWED: Tone.OK, Verdict.DENIED: Tone.BAD, Verdict.UNKNOWN: Tone.IDLE}
LEVEL_TEXTS = {
    PolicyLevel.DEPLOY: ("Deploy", "Deploy, scale and roll back services; run and stop tasks."),
    PolicyLevel.OPERATE: (
        "Operate",
        "Also create and delete clusters, instances, services and the resources they need.",
    ),
    PolicyLevel.ALL: ("All", "Also the setup by administrators of this dashboard, for example event feeds."),
}


@dataclass(frozen=True)
class FeatureResult:
    """Test result of one feature; `missing` lists the denied actions as "action (role, region)"."""

    feature: str
    level: PolicyLevel
    verdict: Verdict
    missing: list[str]

    @property
    def tone(self) -> Tone:
        return TONES[self.verdict]

    @property
    def words(self) -> str:
        return {Verdict.ALLOWED: "Allowed", Verdict.DENIED: "Denied", Verdict.UNKNOWN: "Unknown"}[self.verdict]


@require(Permission.ADMIN)
@require_safe
def account_connection(request: UserRequest, alias: str) -> HttpResponse:
    account = get_object_or_404(Account, alias=alias, removed_at=None)
    version = connection_test.version(account)
    test = ConnectionTest.objects.filter(account=account).first()
    running = test is not None and test.finished_at is None and timezone.now() - test.requested_at < LONGEST

    def context() -> dict[str, Any]:
        return account_context(account, "connection") | {
            "test": test,
            "running": running,
            "features": features(test, _used_features(account)) if test and test.results else [],
            "missing": missing_statements(account, test) if test else [],
        }

    fragment = fragments.Fragment("connection", version=version.also(str(running)), every=2, final=not running)
    return fragments.render(request, "inventory/connection.html", context, fragment)


@require(Permission.ADMIN)
@require_POST
def test_account(request: UserRequest, alias: str) -> HttpResponse:
    account = get_object_or_404(Account, alias=alias, removed_at=None)
    with transaction.atomic():
        connection_test.request(account)
        audit(request, "test_account", account)
        transaction.on_commit(lambda: enqueue(jobs.test_connection, account.pk))
    return redirect("inventory:account_connection", alias)


@require(Permission.ADMIN)
@require_safe
def account_policies(request: UserRequest, alias: str) -> HttpResponse:
    account = get_object_or_404(Account, alias=alias, removed_at=None)
    test = ConnectionTest.objects.filter(account=account).first()
    principal = test.principal if test else ""
    every = feature_permissions()
    context = account_context(account, "policies") | {
        "reader_trust": pretty(policies.trust_policy(account, principal, writer=False)),
        "writer_trust": pretty(policies.trust_policy(account, principal, writer=True)),
        "principal_known": bool(principal),
        "own": pretty(policies.own_policy(account)) if account.reader_role_arn else "",
        "reader": [pretty(each) for each in policies.reader_policies(account, every)],
        "levels": [
            (
                level,
                *LEVEL_TEXTS[level],
                [pretty(each) for each in policies.writer_policies(account, level, every)],
                _features_of(level, every),
            )
            for level in LEVEL_TEXTS
        ],
        "boundary": pretty(policies.boundary_policy(account)),
    }
    return render(request, "inventory/policies.html", context)


def features(test: ConnectionTest, every: Iterable[FeaturePermissions]) -> list[FeatureResult]:
    """Return the result of each feature: denied if any action is denied, allowed if all are allowed in every region."""
    verdicts: dict[str, list[tuple[str, str]]] = {}
    for each in test.results:
        place = f"{each['role']}, {each['region']}"
        verdicts.setdefault(each["action"], []).append((each["verdict"], place))
    return [_feature_result(each, verdicts) for each in every]


def _used_features(account: Account) -> list[FeaturePermissions]:
    return [each for each in feature_permissions() if each.level is PolicyLevel.READ or not account.read_only]


def missing_statements(account: Account, test: ConnectionTest) -> list[tuple[str, str]]:
    """Return (role, statements that allow what it is denied) of each role that lacks something."""
    denied: dict[str, set[str]] = {}
    for each in test.results:
        if each["verdict"] == Verdict.DENIED:
            denied.setdefault(each["role"], set()).add(each["action"])
    return [(role, pretty(policies.statements(account, actions))) for role, actions in denied.items()]


def _feature_result(permissions: FeaturePermissions, verdicts: dict[str, list[tuple[str, str]]]) -> FeatureResult:
    results = [
        (verdict, action, place) for action in permissions.actions for verdict, place in verdicts.get(action, [])
    ]
    missing = [f"{action} ({place})" for verdict, action, place in results if verdict == Verdict.DENIED]
    known = all(verdicts.get(action) for action in permissions.actions) and all(
        each[0] != Verdict.UNKNOWN for each in results
    )
    verdict = Verdict.DENIED if missing else Verdict.ALLOWED if known else Verdict.UNKNOWN
    return FeatureResult(permissions.feature, permissions.level, verdict, missing)


def _features_of(level: PolicyLevel, every: Iterable[FeaturePermissions]) -> list[str]:
    return [each.feature for each in every if each.level is level]
