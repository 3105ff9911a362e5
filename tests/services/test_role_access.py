"""Before a deployment, IAM's policy simulator says whether the execution role may do what its containers need."""

import json
from typing import Any

import pytest
from django.utils import timezone

from ecsdash.operations.hooks import LIVE_CHECKS
from ecsdash.operations.plan import Check, Level
from services.models import Secret
from services.planning.role_access import role_checks
from tests.services.definitions import ROLE, SECRET, container
from tests.services.simulated_services import SimulatedServices
from tests.services.simulated_tasks import LOGS

NAME = "ecsTaskExecutionRole"
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1"
MANAGED = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


def definition(**more: Any) -> dict[str, Any]:
    secrets = [{"name": "PASSWORD", "valueFrom": Secret.objects.get(name="shop/password").arn + ":user::"}]
    web = container("web", IMAGE, secrets=secrets, logConfiguration=LOGS)
    return {"executionRoleArn": ROLE, "containerDefinitions": [web], **more}


def checked(stage: SimulatedServices, body: dict[str, Any]) -> Check:
    (live,) = role_checks(stage.scope, body)
    found: Check = LIVE_CHECKS[live.name](stage.scope.connection(), **live.params)
    return found


def allow(stage: SimulatedServices, effect: str, action: str, resource: str) -> None:
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    stage.client("iam").put_role_policy(RoleName=NAME, PolicyName=f"{effect}-secrets", PolicyDocument=policy)


def test_what_the_role_may_not_do_is_named_until_its_policies_allow_it(service_stage: SimulatedServices) -> None:
    found = checked(service_stage, definition())
    assert (found.level, found.title) == (Level.WARN, f"The execution role {NAME} may not sign in to ECR (and 3 more)")

    service_stage.client("iam").attach_role_policy(RoleName=NAME, PolicyArn=MANAGED)
    found = checked(service_stage, definition())
    assert (found.level, found.title) == (
        Level.WARN,
        f"The execution role {NAME} may not read the secret shop/password",
    )
    assert (
        "secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop" in found.detail
    )
    assert "not allowed" in found.detail

    allow(service_stage, "Allow", "secretsmanager:Get*", "arn:aws:secretsmanager:*:123456789012:secret:shop/*")
    found = checked(service_stage, definition())
    assert (found.level, found.detail.count(", ")) == (Level.OK, 3)

    allow(service_stage, "Deny", "secretsmanager:*", "*")
    assert "denied by a statement" in checked(service_stage, definition()).detail


def test_a_role_that_does_not_exist_is_said(service_stage: SimulatedServices) -> None:
    found = checked(service_stage, definition(executionRoleArn=f"{ROLE}2"))

    assert (found.level, found.title) == (Level.WARN, f"The execution role {NAME}2 does not exist")


def test_without_a_need_or_a_role_nothing_is_asked(service_stage: SimulatedServices) -> None:
    assert not role_checks(service_stage.scope, definition(executionRoleArn=""))
    assert not role_checks(service_stage.scope, definition(containerDefinitions=[container()]))


@pytest.mark.parametrize(
    ("value", "resource"),
    [
        ("/shop/token", "arn:aws:ssm:eu-central-1:123456789012:parameter/shop/token"),
        ("token", "arn:aws:ssm:eu-central-1:123456789012:parameter/token"),
        ("arn:aws:ssm:eu-west-1:123456789012:parameter/far", "arn:aws:ssm:eu-west-1:123456789012:parameter/far"),
    ],
)
def test_a_parameter_is_named_by_its_arn(stage_without_aws: Any, value: str, resource: str) -> None:
    web = container("web", secrets=[{"name": "TOKEN", "valueFrom": value}])
    (live,) = role_checks(stage_without_aws.scope, definition_without_aws(web))

    assert [(each["actions"], each["resource"]) for each in live.params["needs"]] == [(["ssm:GetParameters"], resource)]


def test_a_secret_with_its_own_key_needs_decryption(stage_without_aws: Any) -> None:
    scope = stage_without_aws.scope
    Secret.objects.create(
        account=scope.account, region=scope.region, name="shop/key", arn=SECRET, observed_at=timezone.now(),
        description={"KmsKeyId": "1234"},
    )  # fmt: skip
    web = container("web", secrets=[{"name": "TOKEN", "valueFrom": "shop/key"}])
    (live,) = role_checks(stage_without_aws.scope, definition_without_aws(web))

    assert live.params["needs"][1]["resource"] == "arn:aws:kms:eu-central-1:123456789012:key/1234"


def definition_without_aws(*containers: dict[str, Any]) -> dict[str, Any]:
    return {"executionRoleArn": ROLE, "containerDefinitions": list(containers)}
