import json
from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.operations.hooks import LOOKUPS
from ecsdash.operations.plan import Repeat
from services.forms.images import Image
from services.forms.task_definition.text import writable
from services.models import ServiceDeployment
from tests.operations import drive
from tests.services.simulated_services import IN_SERVICE, MOVED, SimulatedServices, calls, titles


@pytest.fixture
def stage(empty_service_stage: SimulatedServices) -> SimulatedServices:
    empty_service_stage.build_steady()
    return empty_service_stage


def deploy(stage: SimulatedServices, user: User, tag: str) -> Any:
    return stage.start("deploy_service", user, {"tag-web": tag, "revision": ""}, **IN_SERVICE)


def test_a_new_tag_is_one_revision_and_one_update(stage: SimulatedServices, deployer: User) -> None:
    plan = stage.review("deploy_service", deployer, {"tag-web": "1.28", "revision": ""}, **IN_SERVICE)

    assert plan.summary == "Deploy nginx:1.28 to web-front"
    assert calls(plan) == ["ecs.register_task_definition", "ecs.update_service"]
    register, update, steady = plan.steps
    assert register.params["containerDefinitions"][0]["image"] == "nginx:1.28"
    assert "revision" not in register.params
    assert (register.repeat, update.repeat) == (Repeat.LOOKUP, Repeat.SAFE)
    assert steady.until_params["task_definition"] == update.params["taskDefinition"]
    assert [(change.before, change.after) for change in plan.changes] == [("nginx:1.27", "nginx:1.28")]


def test_a_deployment_ends_when_the_new_revision_runs_alone(stage: SimulatedServices, deployer: User) -> None:
    operation = drive.succeed(deploy(stage, deployer, "1.28"), stage.sandbox, 20)
    stage.sweep(*MOVED)

    service = stage.service()
    assert (service.revision, service.health, service.running_count) == ("web-front:2", "Steady", 2)
    assert stage.images("web-front:2") == ["nginx:1.28"]
    assert operation.outputs[0]["value"].endswith("web-front:2")


def test_a_failing_deployment_says_why_and_that_it_was_rolled_back(stage: SimulatedServices, deployer: User) -> None:
    operation = drive.drive(deploy(stage, deployer, "exits"), stage.sandbox, 20)

    assert operation.state == "failed"
    assert "rolled back to web-front:1" in operation.error["message"]
    assert "exited with code" in operation.error["message"]


def test_a_missing_image_is_named_as_the_reason(stage: SimulatedServices, deployer: User) -> None:
    operation = drive.drive(deploy(stage, deployer, "missing"), stage.sandbox, 20)

    assert operation.state == "failed"
    assert "nginx:missing" in operation.error["message"]


def test_the_undo_of_a_deployment_is_the_former_revision(stage: SimulatedServices, deployer: User) -> None:
    operation = drive.succeed(deploy(stage, deployer, "1.28"), stage.sandbox, 20)
    stage.sweep(*MOVED)
    undo = operation.plan.undo
    assert undo is not None

    stage.do(undo.action, deployer, undo.data, **IN_SERVICE)

    assert stage.service().revision == "web-front:1"


def test_a_revision_that_exists_is_deployed_without_registering_another(
    stage: SimulatedServices, deployer: User
) -> None:
    stage.register("nginx:1.29")
    stage.sweep(*MOVED)
    plan = stage.review("deploy_service", deployer, {"revision": "web-front:2"}, **IN_SERVICE)

    assert calls(plan) == ["ecs.update_service"]
    assert plan.steps[0].params["taskDefinition"].endswith("web-front:2")


@pytest.mark.parametrize("tag", ["", "two words", "sha256:short", "-x"])
def test_what_is_no_tag_is_refused(stage: SimulatedServices, deployer: User, tag: str) -> None:
    found = stage.errors("deploy_service", deployer, {"tag-web": tag, "revision": ""}, **IN_SERVICE)

    assert found == {
        "tag-web": ["Enter a tag (letters, digits, dots, hyphens, underscores) or a digest that begins with sha256:."]
    }


def test_deploying_what_runs_already_is_refused(stage: SimulatedServices, deployer: User) -> None:
    found = stage.errors("deploy_service", deployer, {"tag-web": "1.27", "revision": ""}, **IN_SERVICE)

    assert found["tag-web"] == ["The image tags are unchanged. Enter another tag, or use Force new deployment."]


def test_a_revision_of_another_family_is_refused(stage: SimulatedServices, deployer: User) -> None:
    stage.register(family="billing")
    stage.sweep(*MOVED)

    assert "revision" in stage.errors("deploy_service", deployer, {"revision": "billing:1"}, **IN_SERVICE)


def test_a_service_without_circuit_breaker_is_warned_about(service_stage: SimulatedServices, deployer: User) -> None:
    service_stage.steady_service(
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": False, "rollback": False}}
    )
    plan = service_stage.review("deploy_service", deployer, {"tag-web": "2", "revision": ""}, **IN_SERVICE)

    assert "The deployment circuit breaker is off" in titles(plan, "warn")


def test_percents_that_leave_no_room_block_a_deployment(service_stage: SimulatedServices, deployer: User) -> None:
    service_stage.steady_service(count=1, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 150})
    plan = service_stage.review("deploy_service", deployer, {"tag-web": "2", "revision": ""}, **IN_SERVICE)

    assert titles(plan, "block") == ["A deployment cannot stop or start a task"]


def test_forcing_replaces_every_task(stage: SimulatedServices, deployer: User) -> None:
    before = stage.service().description["deployments"][0]["id"]

    stage.do("force_new_deployment", deployer, {}, **IN_SERVICE)

    service = stage.service()
    assert service.description["deployments"][0]["id"] != before
    assert service.health == "Steady"


def test_a_forced_deployment_that_was_begun_is_found_again(stage: SimulatedServices, deployer: User) -> None:
    operation = stage.start("force_new_deployment", deployer, {}, **IN_SERVICE)
    step = operation.steps.get(key="update")
    aws = stage.scope.connection()
    found = LOOKUPS["forced_deployment"]
    params = {"cluster": "shop", "service": "web-front", "forceNewDeployment": True}
    assert found(aws, params, str(step.pk)) is None

    stage.client("ecs").update_service(**params)

    answer = found(aws, params, str(step.pk))
    assert answer is not None
    assert answer["service"]["serviceName"] == "web-front"


def test_rolling_back_offers_what_ran_well_before(stage: SimulatedServices, deployer: User) -> None:
    drive.succeed(deploy(stage, deployer, "1.28"), stage.sandbox, 20)
    stage.sweep(*MOVED)
    assert ServiceDeployment.objects.filter(status="SUCCESSFUL").count() == 2

    stage.do("rollback_service", deployer, {"revision": "web-front:1"}, **IN_SERVICE)

    assert stage.service().revision == "web-front:1"


def test_there_is_nothing_to_roll_back_to_at_first(stage: SimulatedServices, deployer: User) -> None:
    assert "revision" in stage.errors("rollback_service", deployer, {"revision": "web-front:1"}, **IN_SERVICE)


@pytest.mark.parametrize(
    ("reference", "repository", "tag"),
    [
        ("nginx", "nginx", ""),
        ("nginx:1.27", "nginx", "1.27"),
        ("localhost:5000/team/app", "localhost:5000/team/app", ""),
        ("localhost:5000/team/app:v2", "localhost:5000/team/app", "v2"),
        (f"app@sha256:{'0' * 64}", "app", f"sha256:{'0' * 64}"),
    ],
)
def test_an_image_reference_is_repository_and_tag(reference: str, repository: str, tag: str) -> None:
    assert Image.of(reference) == Image(repository, tag)
    assert str(Image.of(reference)) == reference


def test_environment_secrets_and_size_change_with_a_deployment(stage: SimulatedServices, operator: User) -> None:
    document = writable(stage.described("web-front:1"))
    container = {**document["containerDefinitions"][0], "environment": [{"name": "MODE", "value": "fast"}]}
    wanted = {**document, "containerDefinitions": [container], "cpu": "512", "memory": "1024"}
    data = {"json": json.dumps(wanted), "origin": "web-front:1"}

    plan = stage.review("deploy_changes", operator, data, **IN_SERVICE)
    stage.do("deploy_changes", operator, data, **IN_SERVICE)

    assert calls(plan) == ["ecs.register_task_definition", "ecs.update_service"]
    assert plan.cost is not None
    service = stage.service()
    assert (service.revision, service.health) == ("web-front:2", "Steady")
    assert stage.described("web-front:2")["cpu"] == "512"


def test_a_service_keeps_its_family(stage: SimulatedServices, operator: User) -> None:
    document = {**writable(stage.described("web-front:1")), "family": "billing"}

    found = stage.errors("deploy_changes", operator, {"json": json.dumps(document)}, **IN_SERVICE)

    assert "family cannot be changed here" in str(found)


def test_hidden_values_are_kept_by_the_form_that_changes_others(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    stage = service_stage
    stage.steady_service()
    stage.do("deploy_changes", operator, {"json": json.dumps(secretive(stage)), "origin": "web-front:1"}, **IN_SERVICE)
    client.force_login(operator)
    page = client.get("/demo/eu-central-1/services/shop/web-front/deploy/changes/")
    shown = page.context["form"].initial
    assert "only the task knows" not in page.content.decode()

    document = {**json.loads(shown["json"]), "cpu": "512", "memory": "1024"}
    stage.do("deploy_changes", operator, {"json": json.dumps(document), "origin": shown["origin"]}, **IN_SERVICE)

    (container,) = stage.described("web-front:3")["containerDefinitions"]
    assert container["environment"] == [{"name": "KEY", "value": "only the task knows"}]


def secretive(stage: SimulatedServices) -> dict[str, Any]:
    """The document of the first revision with a value that pages hide."""
    document = writable(stage.described("web-front:1"))
    (container,) = document["containerDefinitions"]
    environment = [{"name": "KEY", "value": "only the task knows"}]
    return {**document, "containerDefinitions": [{**container, "environment": environment}]}
