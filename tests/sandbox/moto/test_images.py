"""Images of ECR: a task needs the repository and the tag or digest that its image names."""

import json
from typing import Any

import pytest

from tests.sandbox import shop
from tests.sandbox.conftest import REGION, Sandbox

REGISTRY = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


def push(sandbox: Sandbox, repository: str, tag: str) -> str:
    """Create the repository if needed and return the digest of the pushed image."""
    ecr = sandbox.client("ecr")
    if repository not in [each["repositoryName"] for each in ecr.describe_repositories()["repositories"]]:
        ecr.create_repository(repositoryName=repository)
    layers = [{"digest": f"sha256:{tag}"}]
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MEDIA_TYPE, "layers": layers})
    pushed = ecr.put_image(repositoryName=repository, imageTag=tag, imageManifest=manifest)
    return str(pushed["image"]["imageId"]["imageDigest"])


def run(sandbox: Sandbox, image: str) -> dict[str, Any]:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    shop.register(sandbox, "web", image, port=8080)
    shop.service(sandbox, "web")
    sandbox.step(30)
    ecs = sandbox.client("ecs")
    arns = [
        arn
        for status in ("RUNNING", "STOPPED")
        for arn in ecs.list_tasks(cluster="shop", serviceName="web", desiredStatus=status)["taskArns"]
    ]
    tasks: list[dict[str, Any]] = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"]
    return min(tasks, key=lambda task: task["createdAt"])


@pytest.mark.parametrize("image", ["shop/web:1", "shop/web:1@{digest}", "shop/web@{digest}", "shop/latest"])
def test_an_image_that_was_pushed_is_pulled(sandbox: Sandbox, image: str) -> None:
    push(sandbox, "shop/latest", "latest")
    digest = push(sandbox, "shop/web", "1")
    assert run(sandbox, f"{REGISTRY}/{image.format(digest=digest)}")["lastStatus"] == "RUNNING"


@pytest.mark.parametrize(
    "image",
    [
        f"{REGISTRY}/shop/web:2",
        f"{REGISTRY}/shop/web",
        f"{REGISTRY}/shop/web@sha256:{64 * '0'}",
        f"{REGISTRY}/shop/nothing:1",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web:1",
        f"210987654321.dkr.ecr.{REGION}.amazonaws.com/shop/web:1",
    ],
)
def test_an_image_that_was_not_pushed_cannot_be_pulled(sandbox: Sandbox, image: str) -> None:
    push(sandbox, "shop/web", "1")
    task = run(sandbox, image)
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"].startswith("CannotPullContainerError: pull image manifest has been retried 1 time(s)")
    assert task["stoppedReason"].endswith(f"{image}: not found")


@pytest.mark.parametrize("image", ["nginx", "wordpress:6.6", "public.ecr.aws/nginx/nginx:1.27", "ghcr.io/shop/web:1"])
def test_an_image_of_another_registry_is_always_pulled(sandbox: Sandbox, image: str) -> None:
    assert run(sandbox, image)["lastStatus"] == "RUNNING"


def test_the_circuit_breaker_takes_a_deployment_of_a_missing_image_back(sandbox: Sandbox) -> None:
    push(sandbox, "shop/web", "1")
    run(sandbox, f"{REGISTRY}/shop/web:1")
    ecs = sandbox.client("ecs")
    shop.register(sandbox, "web", f"{REGISTRY}/shop/web:2", port=8080)
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    ecs.update_service(cluster="shop", service="web", taskDefinition="web", deploymentConfiguration=breaker)
    sandbox.step(shop.SETTLED)
    [service] = ecs.describe_services(cluster="shop", services=["web"])["services"]
    assert service["taskDefinition"].endswith("web:1")
    assert any("rolling back to deployment" in event["message"] for event in service["events"])
    [newest, *_] = ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"]
    assert newest["status"] == "ROLLBACK_SUCCESSFUL"


def test_the_digest_of_a_pushed_image_is_that_of_its_tasks_and_scans_are_summed_up(sandbox: Sandbox) -> None:
    ecr = sandbox.client("ecr")
    ecr.create_repository(repositoryName="shop/web", imageScanningConfiguration={"scanOnPush": True})
    digest = push(sandbox, "shop/web", "1")
    task = run(sandbox, f"{REGISTRY}/shop/web:1")
    assert task["containers"][0]["imageDigest"] == digest
    [image] = ecr.describe_images(repositoryName="shop/web")["imageDetails"]
    assert image["imageScanStatus"]["status"] == "COMPLETE"
    assert image["imageScanFindingsSummary"]["findingSeverityCounts"] == {"HIGH": 1}
