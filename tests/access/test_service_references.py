"""What the parameters of a service name. No database, no AWS."""

from typing import Any

import pytest

from ecsdash.access.permissions import Capability
from ecsdash.access.references import How, Reference, RequiredCapability, named_by

ROLE = "arn:aws:iam::123456789012:role/infrastructure"
CA = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/c"
ELB = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
SHIFTED = {
    "targetGroupArn": f"{ELB}:targetgroup/blue/1",
    "advancedConfiguration": {
        "alternateTargetGroupArn": f"{ELB}:targetgroup/green/2",
        "productionListenerRule": f"{ELB}:listener-rule/app/web/1/2/3",
        "testListenerRule": f"{ELB}:listener/app/test/1/2",
        "roleArn": ROLE,
    },
}
NAMED: list[tuple[dict[str, Any], set[str]]] = [
    (
        {"loadBalancers": [SHIFTED]},
        {
            "uses target group blue", "uses target group green", "changes listener rule web", "changes listener test",
            "passes role infrastructure",
        },
    ),
    (
        {
            "deploymentConfiguration": {
                "alarms": {"alarmNames": ["errors"]},
                "lifecycleHooks": [
                    {"hookTargetArn": "arn:aws:lambda:eu-central-1:123456789012:function:smoke", "roleArn": ROLE},
                    {"targetType": "PAUSE"},
                ],
            }
        },
        {"reads alarm errors", "uses function smoke", "passes role infrastructure"},
    ),
    (
        {
            "serviceConnectConfiguration": {
                "namespace": "shop",
                "services": [
                    {"portName": "http", "tls": {
                        "issuerCertificateAuthority": {"awsPcaAuthorityArn": CA},
                        "kmsKey": "arn:aws:kms:eu-central-1:123456789012:key/k", "roleArn": ROLE,
                    }},
                ],
                "logConfiguration": {
                    "options": {"awslogs-group": "/ecs/proxy"},
                    "secretOptions": [{"name": "token", "valueFrom": "proxy-token"}],
                },
            }
        },
        {
            "uses namespace shop", "uses certificate authority c", "uses kms key k", "passes role infrastructure",
            "uses log group /ecs/proxy", "reads secret proxy-token",
        },
    ),
    (
        {"volumeConfigurations": [
            {"name": "data", "managedEBSVolume": {"roleArn": ROLE, "kmsKeyId": "k", "snapshotId": "snap-1"}},
        ]},
        {"uses kms key k", "reads snapshot snap-1", "passes role infrastructure"},
    ),
    (
        {"vpcLatticeConfigurations": [{"roleArn": ROLE, "targetGroupArn": "tg-1", "portName": "http"}]},
        {"uses lattice target group tg-1", "passes role infrastructure"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("params", "wanted"), NAMED)
@pytest.mark.parametrize("call", ["ecs.create_service", "ecs.update_service"])
def test_a_service_names_what_its_fields_point_to(call: str, params: dict[str, Any], wanted: set[str]) -> None:
    found = named_by(call, {"cluster": "shop", "serviceName": "web", "service": "web", **params})
    named = {str(each) for each in found if isinstance(each, Reference) and each.kind not in ("cluster", "service")}

    assert named == wanted


@pytest.mark.parametrize(("types", "public"), [([], True), (["PUBLIC", "PRIVATE"], True), (["PRIVATE"], False)])
def test_a_gateway_connector_is_public_unless_it_is_private_only(types: list[str], public: bool) -> None:
    connector = {"portName": "http", "filters": {"accessTypes": types}}
    found = named_by("ecs.update_service", {"cluster": "shop", "service": "web", "gatewayConnectors": [connector]})

    needs = {each.capability for each in found if isinstance(each, RequiredCapability)}
    assert needs == ({Capability.PUBLIC_EXPOSURE} if public else set())


def test_files_with_variables_override_the_environment_and_are_read() -> None:
    override = {"name": "web", "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::files/web.env"}]}
    params = {"taskDefinition": "web:1", "overrides": {"containerOverrides": [override]}}
    found = named_by("ecs.run_task", params)

    assert Reference(How.READS, "object", "files/web.env", "arn:aws:s3:::files/web.env") in found
    assert [each.capability for each in found if isinstance(each, RequiredCapability)] == [Capability.COMMAND_OVERRIDE]
