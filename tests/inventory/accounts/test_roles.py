"""The role of an account: our policy is sufficient, and its credentials are refreshed in time."""

import pytest

from ecsdash.access.models import User
from ecsdash.inventory.accounts.permissions import PolicyLevel
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import registry, run
from ecsdash.operations.plan import Level
from services.runtime.role_access import role_may
from tests.inventory.accounts.pasted_roles import paste_roles, role_arn
from tests.processes import REGION, Sandbox
from tests.services.simulated_services import IN_SERVICE, SimulatedServices


@pytest.fixture
def stage(aws_account: Account, sandbox: Sandbox) -> SimulatedServices:
    stage = SimulatedServices(Scope(aws_account, REGION), sandbox)
    stage.build()
    stage.steady_service()
    return stage


def test_the_reader_policy_covers_every_sweep(stage: SimulatedServices) -> None:
    paste_roles(stage.sandbox, stage.scope.account, PolicyLevel.READ)
    run.sweep_now(stage.scope)
    failed = SweepState.objects.exclude(error_code="").values_list("noun", "error_code", "error")
    assert list(failed) == []
    assert set(SweepState.objects.exclude(completed_at=None).values_list("noun", flat=True)) == set(registry.SWEEPERS)


def test_the_deploy_policy_covers_a_deployment_and_no_more(stage: SimulatedServices, operator: User) -> None:
    paste_roles(stage.sandbox, stage.scope.account, PolicyLevel.DEPLOY)
    stage.do("deploy_service", operator, {"tag-web": "1.28"}, **IN_SERVICE)
    assert stage.images("web-front:2") == ["nginx:1.28"]
    with pytest.raises(AssertionError, match="ecs:DeleteService"):
        stage.do("delete_service", operator, {"force": "on"}, **IN_SERVICE)


def test_the_deploy_policy_covers_simulating_the_roles_that_may_be_passed(
    stage: SimulatedServices, operator: User
) -> None:
    paste_roles(stage.sandbox, stage.scope.account, PolicyLevel.DEPLOY)
    aws = stage.scope.account.writer(REGION, operator)
    needs = [{"purpose": "read the secret a", "actions": ["secretsmanager:GetSecretValue"], "resource": "*"}]

    known, other = (role_may(aws, role_arn(name), REGION, needs) for name in ("ecsTaskExecutionRole", "otherRole"))

    assert known.title == "The execution role ecsTaskExecutionRole may not read the secret a"
    assert (other.level, "iam:SimulatePrincipalPolicy" in other.detail) == (Level.UNCHECKED, True)


def test_the_operate_policy_covers_making_a_service(stage: SimulatedServices, operator: User) -> None:
    paste_roles(stage.sandbox, stage.scope.account, PolicyLevel.OPERATE)
    stage.do("create_service", operator, stage.create_data("web-back"), cluster="shop")
    assert stage.service("web-back").status == "ACTIVE"
