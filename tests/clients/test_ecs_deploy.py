import pytest

from tests.clients.conftest import Clients

pytestmark = pytest.mark.slow


def test_an_image_is_deployed_and_the_service_scaled(shop: Clients) -> None:
    deployed = shop.run("ecs", "deploy", "shop", "web", "--tag", "2", "--timeout", "60")
    assert (deployed.returncode, "Deployment successful" in deployed.stdout) == (0, True), deployed.stdout
    assert shop.service("web")["taskDefinition"].endswith(":task-definition/web:2")
    scaled = shop.run("ecs", "scale", "shop", "web", "3", "--timeout", "60")
    assert (scaled.returncode, "Scaling successful" in scaled.stdout) == (0, True), scaled.stdout
    assert shop.service("web")["runningCount"] == 3


def test_a_deployment_that_fails_is_rolled_back(shop: Clients) -> None:
    failed = shop.run("ecs", "deploy", "shop", "web", "--tag", "exits", "--rollback", "--timeout", "6")
    assert failed.returncode == 1
    assert "Rollback successful" in failed.stdout
    assert "service has been rolled back to previous task definition: web:1" in failed.stdout + failed.stderr
    back = shop.service("web")
    assert (back["taskDefinition"].rpartition("/")[2], back["runningCount"]) == ("web:1", 2)


def test_a_task_is_run(clients: Clients) -> None:
    subnet, group = clients.network()
    where = ("--launchtype", "FARGATE", "--subnet", subnet, "--securitygroup", group)
    run = clients.run("ecs", "run", "shop", "web", "1", *where, "--command", "web", "exit 0")
    assert (run.returncode, "Successfully started 1 instances" in run.stdout) == (0, True), run.stdout
