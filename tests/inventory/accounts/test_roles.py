"""The role of an account: our policy is sufficient, and its credentials are refreshed in time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.credentials import AssumeRoleCredentialFetcher

from ecsdash.access.models import User
from ecsdash.aws.session import forget
from ecsdash.inventory.accounts.permissions import PolicyLevel
from ecsdash.inventory.accounts.policies import access_policy
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import registry, run
from tests.inventory.accounts.test_connection_test import make_role
from tests.processes import REGION, Sandbox
from tests.services.simulated_services import IN_SERVICE, SimulatedServices

FETCHER: Any = AssumeRoleCredentialFetcher  # what is patched are its own parts
ROLE = "arn:aws:iam::123456789012:role/ecsdash"


@pytest.fixture
def stage(aws_account: Account, sandbox: Sandbox) -> SimulatedServices:
    stage = SimulatedServices(Scope(aws_account, REGION), sandbox)
    stage.build()
    stage.steady_service()
    return stage


def restrict(stage: SimulatedServices, level: PolicyLevel) -> None:
    make_role(stage.sandbox, stage.scope.account, access_policy(stage.scope.account, level))
    forget()


def test_the_read_only_policy_covers_every_sweep(stage: SimulatedServices) -> None:
    restrict(stage, PolicyLevel.READ)
    run.sweep_now(stage.scope)
    failed = SweepState.objects.exclude(error_code="").values_list("noun", "error_code", "error")
    assert list(failed) == []
    assert set(SweepState.objects.exclude(completed_at=None).values_list("noun", flat=True)) == set(registry.SWEEPERS)


def test_the_deploy_policy_covers_a_deployment_and_no_more(stage: SimulatedServices, operator: User) -> None:
    restrict(stage, PolicyLevel.DEPLOY)
    stage.do("deploy_service", operator, {"tag-web": "1.28"}, **IN_SERVICE)
    assert stage.images("web-front:2") == ["nginx:1.28"]
    with pytest.raises(AssertionError, match="ecs:DeleteService"):
        stage.do("delete_service", operator, {"force": "on"}, **IN_SERVICE)


def test_the_operate_policy_covers_making_a_service(stage: SimulatedServices, operator: User) -> None:
    restrict(stage, PolicyLevel.OPERATE)
    stage.do("create_service", operator, stage.create_data("web-back"), cluster="shop")
    assert stage.service("web-back").status == "ACTIVE"


class Expiring:
    """Let STS issue credentials that expire after `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.asked = seconds, 0
        self.original = FETCHER._get_credentials

    def __call__(self, fetcher: Any) -> Any:
        self.asked += 1
        answer = self.original(fetcher)
        answer["Credentials"]["Expiration"] = datetime.now(UTC) + timedelta(seconds=self.seconds)
        return answer


@pytest.mark.parametrize(("seconds", "asked"), [(3600, 1), (60, 3)])
def test_credentials_that_expire_soon_are_renewed(
    aws_account: Account, monkeypatch: pytest.MonkeyPatch, seconds: float, asked: int
) -> None:
    expiring = Expiring(seconds)
    monkeypatch.setattr(FETCHER, "_get_credentials", lambda self: expiring(self))
    aws_account.role_arn = ROLE
    aws = aws_account.connection(REGION)
    for _ in range(3):
        assert aws.call("sts.get_caller_identity").data["Arn"].startswith("arn:aws:sts::123456789012:assumed-role/")
    assert expiring.asked == asked


def test_the_external_id_goes_with_the_question(aws_account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    original = FETCHER._get_credentials

    def spy(fetcher: Any) -> Any:
        seen.append(fetcher._assume_kwargs)
        return original(fetcher)

    monkeypatch.setattr(FETCHER, "_get_credentials", spy)
    aws_account.role_arn, aws_account.external_id = ROLE, "ecsdash-made-for-you"
    aws_account.connection(REGION).call("sts.get_caller_identity")
    assert seen[0]["ExternalId"] == "ecsdash-made-for-you"
