"""Several services deployed or restarted by one operation, each with its own result."""

from typing import Any

import pytest

from ecsdash.access.models import User
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.operations.drafts import NotAllowed
from ecsdash.operations.hooks import LOOKUPS
from ecsdash.operations.models import Operation
from services.models import Service
from tests.operations import drive
from tests.prepared import prepare
from tests.processes import Sandbox
from tests.services.definitions import ROLE
from tests.services.simulated_services import MOVED, SimulatedServices, calls, titles
from tests.users import REGION, create_grant, person

NAMES = ("api", "web-a", "web-b")


@pytest.fixture
def stage(aws_account: Account, sandbox: Sandbox) -> SimulatedServices:
    """Three steady services of their own families with the same image, of which `api` has a side-car."""
    stage = SimulatedServices(Scope(aws_account, REGION), sandbox)

    def build() -> None:
        stage._build()
        for name in NAMES:
            containers = [container("app", "registry.example/shop:1")]
            containers += [container("proxy", "registry.example/proxy:1")] if name == "api" else []
            register(stage, name, containers)
            create(stage, name)
        stage.sandbox.step(90)
        stage.sweep(*MOVED)

    prepare("three services with one image", stage.scope, sandbox, build)
    return stage


def container(name: str, image: str) -> dict[str, Any]:
    return {"name": name, "image": image, "essential": True}


def register(stage: SimulatedServices, family: str, containers: list[dict[str, Any]]) -> None:
    stage.client("ecs").register_task_definition(
        family=family, containerDefinitions=containers, requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
        cpu="256", memory="512",
    )  # fmt: skip


def create(stage: SimulatedServices, name: str) -> None:
    placement = {"subnets": stage.subnets(), "assignPublicIp": "ENABLED"}
    stage.client("ecs").create_service(
        cluster="shop", serviceName=name, taskDefinition=name, desiredCount=1, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": placement},
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )  # fmt: skip


def form(tag: str, *names: str, **more: Any) -> dict[str, Any]:
    """The form with the container `app` of each service chosen."""
    rows = [Service.objects.get(name=name).pk for name in names or NAMES]
    return {"row": rows, "containers": [f"{pk}/app" for pk in rows], "tag": tag, "stop_after": 1, **more}


def undo_data(operation: Operation) -> dict[str, Any]:
    undo = operation.plan.undo
    assert undo
    assert undo.action == "deploy_services"
    return undo.data


def images(stage: SimulatedServices) -> dict[str, list[str]]:
    stage.sweep(*MOVED)
    return {name: stage.images(Service.objects.get(name=name).revision) for name in NAMES}


def test_each_service_gets_a_revision_of_its_own_with_only_the_chosen_image_changed(
    stage: SimulatedServices, operator: User
) -> None:
    plan = stage.review("deploy_services", operator, form("2"))
    assert plan.summary == "Deploy 2 to 3 services"
    assert calls(plan) == ["ecs.register_task_definition", "ecs.update_service"] * 3
    assert [item.name for item in plan.items] == list(NAMES)
    assert [change.path.partition(":")[0] for change in plan.changes] == list(NAMES)
    assert plan.prediction
    assert (plan.prediction.starts, plan.prediction.stops) == (3, 3)
    operation = stage.do("deploy_services", operator, form("2"))
    assert images(stage) == {
        "api": ["registry.example/shop:2", "registry.example/proxy:1"],
        "web-a": ["registry.example/shop:2"],
        "web-b": ["registry.example/shop:2"],
    }
    stage.do("deploy_services", operator, undo_data(operation))
    assert {name: found[0] for name, found in images(stage).items()} == dict.fromkeys(NAMES, "registry.example/shop:1")


def test_one_service_fails_and_the_others_are_deployed(stage: SimulatedServices, operator: User) -> None:
    """The image of the tag `exits` ends at once; only `web-a` gets it."""
    register(stage, "web-a", [container("app", "registry.example/shop:exits")])
    stage.sweep(*MOVED)
    data = form("", back=[f"{Service.objects.get(name=name).pk}={name}:2" for name in NAMES], stop_after=3)
    for name in ("api", "web-b"):
        register(stage, name, [container("app", "registry.example/shop:2")])
    stage.sweep(*MOVED)
    operation = drive.drive(stage.start("deploy_services", operator, data), stage.sandbox, 20)
    assert operation.state == "failed"
    assert operation.error["message"] == "1 of 3 failed. Failed: web-a. Succeeded: api, web-b."
    failed = operation.steps.get(state="failed")
    assert "ECS rolled back to web-a:1" in failed.error["message"]
    assert "exited with code 1" in failed.error["message"]
    assert images(stage)["web-a"] == ["registry.example/shop:1"]
    undo = stage.review("deploy_services", operator, undo_data(operation))
    assert [item.name for item in undo.items] == ["api", "web-b"]
    assert [check.title for check in undo.checks[:1]] == ["web-a is left out"]


def test_a_service_without_permission_is_left_out_and_the_review_says_why(
    stage: SimulatedServices, aws_account: Account
) -> None:
    deployer = person("of-web", "deployer", account=aws_account.alias, cluster="shop", service="web-*")
    create_grant("viewer", account=aws_account.alias, user=deployer)
    plan = stage.review("deploy_services", deployer, form("2"))
    assert [item.name for item in plan.items] == ["web-a", "web-b"]
    left = plan.checks[0]
    assert (left.level, left.title) == ("warn", "api is left out")
    assert left.detail == "You do not have the permission to deploy it."
    stage.do("deploy_services", deployer, form("2"))
    assert images(stage)["api"][0] == "registry.example/shop:1"
    assert stage.errors("deploy_services", deployer, form("3", "api"))["row"] == [
        "api is left out: You do not have the permission to deploy it."
    ]


def test_who_may_not_deploy_any_service_is_refused(stage: SimulatedServices, viewer: User) -> None:
    with pytest.raises(NotAllowed, match="Deploy to services"):
        stage.review("deploy_services", viewer, form("2"))


def test_the_form_proposes_the_containers_with_the_image_that_all_services_use(
    stage: SimulatedServices, operator: User, client: Any
) -> None:
    client.force_login(operator)
    address = f"/{stage.scope.account.alias}/{REGION}/services/deploy/"
    keys = {name: Service.objects.get(name=name).pk for name in NAMES}
    page = client.post(address, {"row": list(keys.values())})
    assert set(page.context["form"]["containers"].value()) == {f"{pk}/app" for pk in keys.values()}
    assert b"is-invalid" not in page.content
    by_image = client.get(address, {"image": "registry.example/proxy:1"}).context["form"]
    assert by_image["row"].value() == [str(keys["api"])]
    assert by_image["containers"].initial == [f"{keys['api']}/proxy"]
    by_family = client.get(address, {"family": "web-b"}).context["form"]
    assert by_family["row"].value() == [str(keys["web-b"])]


def test_what_a_service_runs_already_is_left_out(stage: SimulatedServices, operator: User) -> None:
    assert stage.errors("deploy_services", operator, form("1", "web-a"))["row"] == [
        "web-a is left out: It runs 1 already."
    ]
    assert stage.errors("deploy_services", operator, form("no tag", "web-a"))["tag"]
    assert stage.errors("deploy_services", operator, {**form("2", "web-a"), "containers": []})["containers"]


def test_restarted_services_get_new_tasks_of_the_same_revision(stage: SimulatedServices, operator: User) -> None:
    before = {row.name: row.new_deployment["id"] for row in Service.objects.all()}
    stage.do("restart_services", operator, {"row": list(Service.objects.values_list("pk", flat=True)), "stop_after": 1})
    after = {row.name: row.new_deployment["id"] for row in Service.objects.all()}
    assert all(after[name] != before[name] for name in NAMES)
    assert {row.revision for row in Service.objects.all()} == {"api:1", "web-a:1", "web-b:1"}


def test_a_forced_deployment_that_was_begun_is_found_at_its_own_service(
    stage: SimulatedServices, operator: User
) -> None:
    rows = list(Service.objects.values_list("pk", flat=True))
    operation = stage.start("restart_services", operator, {"row": rows, "stop_after": 1})
    stage.client("ecs").update_service(cluster="shop", service="web-b", forceNewDeployment=True)
    steps = operation.steps.filter(key__startswith="update_").values_list("title", "pk")
    aws, found = stage.scope.connection(), LOOKUPS["forced_deployment"]
    begun = {
        name: found(aws, {"cluster": "shop", "service": name}, str(key)) is not None
        for title, key in steps
        for name in [title.partition(":")[0]]
    }
    assert begun == {"api": False, "web-a": False, "web-b": True}


def test_several_services_get_the_checks_of_one(stage: SimulatedServices, operator: User) -> None:
    """Of a revision whose secret does not exist, whichever action deploys it."""
    secret = {"name": "KEY", "valueFrom": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-AbCdEf"}
    stage.client("ecs").register_task_definition(
        family="web-a", containerDefinitions=[{**container("app", "registry.example/shop:1"), "secrets": [secret]}],
        requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512", executionRoleArn=ROLE,
    )  # fmt: skip
    stage.sweep(*MOVED)
    alone = stage.review("deploy_service", operator, {"revision": "web-a:2"}, cluster="shop", service="web-a")
    several = stage.review("deploy_services", operator, form("", "web-a", revision="web-a:2"))
    assert several.checks == alone.checks
    assert "The secret none-AbCdEf was not found" in titles(several, "warn")
    assert several.live_checks == alone.live_checks
    assert several.items[0].prediction == alone.prediction


def test_the_page_of_the_operation_has_the_result_of_each_service(
    stage: SimulatedServices, operator: User, client: Any
) -> None:
    operation = stage.do("deploy_services", operator, form("2", "web-a", "web-b"))
    client.force_login(operator)
    page = client.get(f"/operations/{operation.pk}/").content.decode()
    results = page.partition('id="items"')[2].partition("<h2>Steps</h2>")[0]
    assert results.count("Succeeded") == 2
    assert f'href="/{stage.scope.account.alias}/{REGION}/services/shop/web-a/"' in results
    history = client.get(f"/{stage.scope.account.alias}/{REGION}/services/shop/web-b/history/").content.decode()
    assert "Deploy 2 to 2 services" in history
    assert Operation.objects.get().resource_name == "2 services"
