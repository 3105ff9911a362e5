"""The connection test: identity and permissions in an account, against the simulated AWS."""

from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.aws.session import forget
from ecsdash.inventory.accounts import connection_test
from ecsdash.inventory.accounts.permissions import FeaturePermissions, PolicyLevel, feature_permissions
from ecsdash.inventory.accounts.policies import reader_policies, trust_policy, writer_policies
from ecsdash.inventory.models import Account, ConnectionTest, Verdict
from ecsdash.inventory.views.connection import features
from tests.inventory.accounts.pasted_roles import (
    PRINCIPAL,
    READER,
    paste_boundary,
    paste_role,
    paste_roles,
    role_arn,
)
from tests.processes import REGION, Sandbox


def result_of(account: Account) -> ConnectionTest:
    connection_test.run(account.pk)
    return ConnectionTest.objects.get(account=account)


def verdicts(test: ConnectionTest) -> dict[str, Verdict]:
    return {each.feature: each.verdict for each in features(test, feature_permissions())}


def test_roles_with_the_pasted_policies_are_allowed_everything(aws_account: Account, sandbox: Sandbox) -> None:
    paste_boundary(sandbox, aws_account)
    paste_roles(sandbox, aws_account)
    test = result_of(aws_account)
    assert (test.error, test.finished_at is not None) == ("", True)
    assert test.identity.startswith("arn:aws:sts::123456789012:assumed-role/ecsdash-reader/ecsdash-reader")
    assert test.writer_identity.startswith("arn:aws:sts::123456789012:assumed-role/ecsdash-writer/")
    assert ":assumed-role/" not in test.principal
    assert {name: each for name, each in verdicts(test).items() if each != Verdict.ALLOWED} == {}
    assert test.reader_may_write == []
    aws_account.refresh_from_db()
    assert aws_account.sets_source_identity


def test_what_the_role_lacks_is_named_with_its_region(aws_account: Account, sandbox: Sandbox) -> None:
    paste_roles(sandbox, aws_account, PolicyLevel.DEPLOY)
    test = result_of(aws_account)
    found = verdicts(test)
    assert {found[each.feature] for each in feature_permissions() if each.level is PolicyLevel.READ} == {
        Verdict.ALLOWED
    }
    assert (found["Deploy"], found["Create cluster"]) == (Verdict.ALLOWED, Verdict.DENIED)
    create = next(each for each in features(test, feature_permissions()) if each.feature == "Create cluster")
    assert f"ecs:CreateCluster (writer, {REGION})" in create.missing


def test_a_missing_read_is_found_by_trying_it(aws_account: Account, sandbox: Sandbox) -> None:
    every = [each for each in feature_permissions() if each.feature != "Container logs"]
    paste_roles(sandbox, aws_account, PolicyLevel.READ, every)
    assert verdicts(result_of(aws_account))["Container logs"] == Verdict.DENIED


def test_without_the_simulation_changes_are_not_known(aws_account: Account, sandbox: Sandbox) -> None:
    allowed: list[FeaturePermissions] = [
        each for each in feature_permissions() if "iam.simulate_principal_policy" not in each.calls
    ]
    paste_roles(sandbox, aws_account, PolicyLevel.ALL, allowed)
    test = result_of(aws_account)
    assert verdicts(test)["Deploy"] == Verdict.UNKNOWN
    reader = {each["action"]: each["verdict"] for each in test.results if each["role"] == "reader"}
    assert reader["ecs:ListServices"] == Verdict.ALLOWED


def test_a_reader_that_may_write_is_shown(page: Client, aws_account: Account, sandbox: Sandbox) -> None:
    policies = [*reader_policies(aws_account), *writer_policies(aws_account, PolicyLevel.DEPLOY)]
    paste_role(sandbox, READER, trust_policy(aws_account, PRINCIPAL, writer=False), policies)
    aws_account.reader_role_arn, aws_account.regions = role_arn(READER), [REGION]
    aws_account.save()
    forget()
    assert "ecs:UpdateService" in result_of(aws_account).reader_may_write
    shown = page.get("/settings/accounts/demo/connection/").content.decode()
    assert "The reader role can make changes" in shown
    assert "this account is connected read-only" in shown


def test_a_writer_that_may_not_be_named_works_and_the_page_says_so(
    page: Client, aws_account: Account, sandbox: Sandbox
) -> None:
    paste_roles(sandbox, aws_account, PolicyLevel.DEPLOY, named=False)
    Account.objects.update(sets_source_identity=True)
    test = result_of(aws_account)
    assert (test.error, test.writer_identity.rpartition("/")[0]) == (
        "",
        "arn:aws:sts::123456789012:assumed-role/ecsdash-writer",
    )
    aws_account.refresh_from_db()
    assert not aws_account.sets_source_identity
    shown = page.get("/settings/accounts/demo/connection/").content.decode()
    assert "does not let its source identity be set" in shown


def test_credentials_of_another_account_are_told_apart(aws_account: Account) -> None:
    aws_account.account_id = "999999999999"
    aws_account.save()
    test = result_of(aws_account)
    assert "belong to account 123456789012, not to account 999999999999" in test.error
    assert test.results == []


def test_an_account_that_does_not_answer_ends_the_test_with_the_reason(aws_account: Account, settings: Any) -> None:
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:9"
    forget()
    assert "127.0.0.1:9" in result_of(aws_account).error


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def test_the_page_shows_what_is_missing_and_the_statement_to_add(
    page: Client, aws_account: Account, sandbox: Sandbox
) -> None:
    paste_roles(sandbox, aws_account, PolicyLevel.DEPLOY)
    result_of(aws_account)
    shown = page.get("/settings/accounts/demo/connection/").content.decode()
    assert "ecs:CreateCluster (writer, eu-central-1)" in shown
    assert "Missing policy statements: writer" in shown
    assert "hx-trigger" not in shown.partition('id="connection"')[2].partition(">")[0], "it has ended: no more polls"


def test_a_test_is_asked_for_and_audited(page: Client, aws_account: Account, admin: User) -> None:
    assert page.post("/settings/accounts/demo/test/").status_code == 302
    assert ConnectionTest.objects.get().finished_at is None
    assert AuditEvent.objects.get().action == "test_account"
    assert "Testing" in page.get("/settings/accounts/demo/connection/").content.decode()


def test_the_policies_are_there_to_be_copied(page: Client, aws_account: Account) -> None:
    aws_account.external_id = "ecsdash-made-for-you"
    aws_account.save()
    connection_test.request(aws_account)
    ConnectionTest.objects.update(principal="arn:aws:iam::999999999999:role/dashboard")
    shown = page.get("/settings/accounts/demo/policies/").content.decode()
    assert "arn:aws:iam::999999999999:role/dashboard" in shown
    assert "ecsdash-made-for-you" in shown
    assert "ecs:UpdateService" in shown
