import json
from pathlib import Path

import pytest

from tests.clients.conftest import Clients
from tests.sandbox import code_deploy

pytestmark = pytest.mark.slow


FARGATE = ("--requires-compatibilities", "FARGATE", "--network-mode", "awsvpc", "--cpu", "256", "--memory", "512")


def register(clients: Clients, image: str) -> None:
    container = json.dumps([{"name": "web", "image": image, "essential": True}])
    family = ("--family", "web", *FARGATE)
    clients.aws("ecs", "register-task-definition", *family, "--container-definitions", container)


def test_a_service_is_created_updated_and_waited_for(clients: Clients) -> None:
    assert clients.aws("ecs", "create-cluster", "--cluster-name", "shop")["cluster"]["status"] == "ACTIVE"
    register(clients, "shop/web:2")
    subnet, group = clients.network()
    what = ("--cluster", "shop", "--service-name", "web", "--task-definition", "web:1", "--desired-count", "2")
    network = f"awsvpcConfiguration={{subnets=[{subnet}],securityGroups=[{group}],assignPublicIp=ENABLED}}"
    clients.aws("ecs", "create-service", *what, "--launch-type", "FARGATE", "--network-configuration", network)
    clients.aws("ecs", "wait", "services-stable", "--cluster", "shop", "--services", "web")
    created = clients.service("web")
    assert (created["runningCount"], created["deployments"][0]["rolloutState"]) == (2, "COMPLETED")
    service = ("--cluster", "shop", "--service", "web")
    clients.aws("ecs", "update-service", *service, "--task-definition", "web", "--desired-count", "3")
    clients.aws("ecs", "wait", "services-stable", "--cluster", "shop", "--services", "web")
    updated = clients.service("web")
    assert updated["taskDefinition"].endswith(":task-definition/web:2")
    assert (updated["runningCount"], len(updated["deployments"])) == (3, 1)


def test_a_task_is_run_to_its_end_and_leaves_its_log(clients: Clients) -> None:
    subnet, _ = clients.network()
    where = ("--cluster", "shop", "--launch-type", "FARGATE")
    network = ("--network-configuration", f"awsvpcConfiguration={{subnets=[{subnet}]}}")
    override = '{"containerOverrides": [{"name": "web", "command": ["sh", "-c", "sleep 5; exit 3"]}]}'
    run = clients.aws("ecs", "run-task", *where, *network, "--task-definition", "web", "--overrides", override)
    task = run["tasks"][0]["taskArn"]
    clients.aws("ecs", "wait", "tasks-stopped", "--cluster", "shop", "--tasks", task)
    [stopped] = clients.aws("ecs", "describe-tasks", "--cluster", "shop", "--tasks", task)["tasks"]
    assert (stopped["stopCode"], stopped["containers"][0]["exitCode"]) == ("EssentialContainerExited", 3)
    stream = f"ecs/web/{task.rpartition('/')[2]}"
    log = clients.aws("logs", "filter-log-events", "--log-group-name", "/ecs/web", "--log-stream-names", stream)
    assert log["events"][0]["message"] == "starting web from shop/web:1"


def test_a_service_is_deployed_through_codedeploy(clients: Clients, tmp_path: Path) -> None:
    _, _, green = code_deploy.site(clients.sandbox)
    spec, definition = tmp_path / "appspec.yaml", tmp_path / "definition.json"
    spec.write_text(code_deploy.appspec("<PLACEHOLDER>"))
    container = {"name": "web", "image": "shop/web:2", "essential": True, "portMappings": [{"containerPort": 8080}]}
    fargate = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
    definition.write_text(json.dumps({"family": "web", "containerDefinitions": [container], **fargate}))
    # The waiter looks at once and then only after a quarter of a minute: let its first look take a while.
    clients.sandbox.admin("faults", name="api-latency", on=True, pattern="codedeploy:GetDeployment", seconds=5)
    files = ("--task-definition", str(definition), "--codedeploy-appspec", str(spec))
    done = clients.run("aws", "ecs", "deploy", "--cluster", "shop", "--service", "web", *files)
    assert (done.returncode, "Successfully deployed" in done.stdout) == (0, True), done.stdout + done.stderr
    after = clients.service("web")
    assert after["taskDefinition"].endswith(":task-definition/web:2")
    assert after["taskSets"][0]["loadBalancers"][0]["targetGroupArn"] == green


def test_what_is_wrong_is_told_in_the_words_of_aws(shop: Clients) -> None:
    refused = shop.run("aws", "ecs", "delete-cluster", "--cluster", "shop")
    assert refused.returncode != 0
    assert (
        "An error occurred (ClusterContainsServicesException) when calling the DeleteCluster operation"
        in refused.stderr
    )
    unknown = shop.run("aws", "ecs", "describe-services", "--cluster", "nowhere", "--services", "web")
    assert "ClusterNotFoundException" in unknown.stderr
