"""Registering and deregistering task definitions: the plan, what is refused, and the way to the end."""

import json
from typing import Any

import pytest
from django.http import QueryDict

from ecsdash.access.models import User
from ecsdash.operations import drafts, runner, step_call
from ecsdash.operations.actions import ACTIONS, ActionContext
from ecsdash.operations.hooks import LIVE_CHECKS, LOOKUPS
from ecsdash.operations.models import Draft
from ecsdash.operations.plan import Check, Level, Repeat
from ecsdash.operations.refs import STEP_ID
from services.forms.task_definition.form import RegisterTaskDefinitionForm
from tests.operations import drive
from tests.services.definitions import ROLE, container, fargate, form_data
from tests.services.simulated_tasks import LOGS, SimulatedTasks

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def draft_of(stage: SimulatedTasks, user: User, data: QueryDict) -> Draft:
    action = ACTIONS["register_task_definition"]
    context = ActionContext(stage.scope, user)
    form = action.form_class(data, context=context)
    draft = drafts.make_draft(action, context, form)
    assert draft is not None, form.errors
    return draft


def definition(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = containers or (container("site", "nginx:1.27", logConfiguration=LOGS),)
    return fargate(*found, **{"family": "site", "executionRoleArn": ROLE, **more})


def checks(draft: Draft) -> dict[str, Level]:
    return {check.title: check.level for check in draft.plan.checks}


def test_what_the_form_says_is_what_is_registered(stage: SimulatedTasks, operator: User) -> None:
    draft = draft_of(stage, operator, form_data(definition()))
    (step,) = draft.plan.steps
    assert (step.call, step.repeat, step.lookup) == (
        "ecs.register_task_definition", Repeat.LOOKUP, "revision_of_step",
    )  # fmt: skip
    tag = {"key": "ecsdash:step", "value": STEP_ID}
    assert step.params == {**definition(), "tags": [tag]}
    assert checks(draft) == {
        "ECS tasks may assume the execution role ecsTaskExecutionRole": Level.OK,
        "The log group /ecs/web-front exists": Level.OK,
        "Not checked whether the image nginx:1.27 can be pulled": Level.UNCHECKED,
        "site has no health check": Level.WARN,
    }


def everything() -> list[dict[str, Any]]:
    """Return definitions whose members are those that a form of names used to lose."""
    ec2 = {
        "family": "site", "networkMode": "bridge", "cpu": "512", "memory": "1024", "requiresCompatibilities": ["EC2"],
        "containerDefinitions": [{
            "name": "site", "image": "nginx:1.27", "command": ["sh", "-c", "a\r\nb\nc "],
            "environment": [{"name": "LINES", "value": "a\r\nb"}, {"name": "EMPTY", "value": ""}],
            "dockerLabels": {"z": "1", "a": " 2"}, "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
            "portMappings": [{"containerPort": 80, "hostPort": 0}, {"containerPort": 80, "hostPort": 8080}],
            "healthCheck": {"command": ["CMD-SHELL", " curl -f http://localhost/ "], "interval": 7},
            "linuxParameters": {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": True},
            "logConfiguration": {"logDriver": "json-file", "options": {"max-size": "1m"}},
        }],
    }  # fmt: skip
    efs = {
        "fileSystemId": "fs-0123456789abcdef0", "transitEncryption": "ENABLED",
        "authorizationConfig": {"accessPointId": "fsap-0123456789abcdef0", "iam": "ENABLED"},
    }  # fmt: skip
    mounted = container("site", "nginx:1.27", mountPoints=[{"sourceVolume": "data", "containerPath": "/data"}])
    fargate_definition = definition(
        {**mounted, "restartPolicy": {"enabled": True, "ignoredExitCodes": [0]}, "readonlyRootFilesystem": True},
        volumes=[{"name": "data", "efsVolumeConfiguration": efs}],
        runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        ephemeralStorage={"sizeInGiB": 40},
    )
    return [ec2, fargate_definition]


def test_every_member_arrives_in_ecs_as_it_was_written(stage: SimulatedTasks, operator: User) -> None:
    for revision, written in enumerate(everything(), start=1):
        data = form_data(written)
        data["/containerDefinitions/0/image"] = "nginx:1.28"
        drive.succeed(drive.confirm(draft_of(stage, operator, data)), stage.sandbox)
        found = stage.client("ecs").describe_task_definition(taskDefinition=f"site:{revision}")["taskDefinition"]
        written["containerDefinitions"][0]["image"] = "nginx:1.28"
        assert_contains(found, written)


def assert_contains(found: Any, written: Any) -> None:
    """ECS returns what was written, and adds its defaults to it."""
    if isinstance(written, dict):
        for name, value in written.items():
            assert_contains(found[name], value)
    elif isinstance(written, list):
        assert len(found) == len(written)
        for each, value in zip(found, written, strict=True):
            assert_contains(each, value)
    else:
        assert found == written


def test_a_registered_revision_appears_and_can_be_undone(stage: SimulatedTasks, operator: User) -> None:
    operation = drive.succeed(drive.confirm(draft_of(stage, operator, form_data(definition()))), stage.sandbox)
    stage.sweep("task_definitions")
    assert stage.definition("site:1").status == "ACTIVE"
    undo = operation.plan.undo
    assert undo is not None
    assert undo.action == "deregister_task_definition"

    draft = drive.review(
        "deregister_task_definition", operator, stage.scope, stage.place(family="site", revision=1), {}
    )
    assert checks(draft) == {
        "No service uses this revision": Level.OK,
        "This is the last active revision of site": Level.WARN,
    }
    drive.succeed(drive.confirm(draft), stage.sandbox)
    stage.sweep("task_definitions")
    assert stage.definition("site:1").status == "INACTIVE"
    assert ACTIONS["deregister_task_definition"].unavailable(stage.definition("site:1"))


def test_a_registration_whose_answer_was_lost_is_found_and_not_repeated(
    stage: SimulatedTasks, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = drive.confirm(draft_of(stage, operator, form_data(definition())))
    monkeypatch.setattr(step_call.StepCall, "_store", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        runner.run(operation.pk)
    monkeypatch.undo()
    type(operation).objects.filter(pk=operation.pk).update(lease_until=None)
    drive.succeed(operation, stage.sandbox)
    found = stage.client("ecs").list_task_definitions(familyPrefix="site")["taskDefinitionArns"]
    assert [arn.rpartition("/")[2] for arn in found] == ["site:1"]


def test_a_revision_of_another_step_is_not_mistaken_for_ours(stage: SimulatedTasks) -> None:
    aws = stage.scope.connection()
    assert LOOKUPS["revision_of_step"](aws, {"family": "web-front"}, "some-step") is None


def test_a_log_group_that_is_missing_is_created_first(stage: SimulatedTasks, operator: User) -> None:
    new = json.loads(json.dumps(LOGS).replace("/ecs/web-front", "/ecs/site"))
    data = form_data(definition(container("site", "nginx:1", logConfiguration=new)))
    draft = draft_of(stage, operator, data)
    assert [step.call for step in draft.plan.steps] == ["logs.create_log_group", "ecs.register_task_definition"]
    drive.succeed(drive.confirm(draft), stage.sandbox)
    groups = stage.client("logs").describe_log_groups(logGroupNamePrefix="/ecs/site")["logGroups"]
    assert len(groups) == 1
    del data["create_log_groups"]
    stage.client("logs").delete_log_group(logGroupName="/ecs/site")
    stage.sweep("log_groups")
    assert checks(draft_of(stage, operator, data))["The log group /ecs/site was not found"] is Level.WARN


def test_what_tasks_may_stumble_over_is_said(stage: SimulatedTasks, operator: User) -> None:
    plain = container("site", "nginx", environment=[{"name": "DB_PASSWORD", "value": "hunter2"}])
    secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/missing-AbCdEf"
    named = container("side", "busybox:1", secrets=[{"name": "KEY", "valueFrom": secret}], logConfiguration=LOGS)
    draft = draft_of(stage, operator, form_data(definition(plain, named)))
    warned = {title for title, level in checks(draft).items() if level is Level.WARN}
    assert warned == {
        "The secret shop/missing-AbCdEf was not found",
        "site has no health check",
        "side has no health check",
        "site has no log configuration",
        "The image of site is not pinned",
        "DB_PASSWORD of site looks like a secret in plain text",
    }
    assert "hunter2" not in json.dumps([change.after for change in draft.plan.changes])


def test_a_new_revision_shows_what_differs_and_keeps_its_secrets_unseen(stage: SimulatedTasks, operator: User) -> None:
    stage.register(environment=[{"name": "API_KEY", "value": "hunter2"}, {"name": "STAGE", "value": "test"}])
    stage.sweep("task_definitions")
    context = ActionContext(stage.scope, operator)
    shown = ACTIONS["register_task_definition"].form_class(initial={"from": "web-front:2"}, context=context)
    assert "hunter2" not in shown.as_p() + json.dumps(shown.initial)
    assert "API_KEY" in json.dumps(shown.initial)

    data = form_data(json.loads(shown.initial["json"]), origin="web-front:2")
    data["/containerDefinitions/0/image"] = "nginx:1.28"
    plan = draft_of(stage, operator, data).plan
    assert [(change.path, change.before, change.after) for change in plan.changes] == [
        ("containers.web.image", "nginx:1.27", "nginx:1.28")
    ]
    (step,) = plan.steps
    assert {"name": "API_KEY", "value": "hunter2"} in step.params["containerDefinitions"][0]["environment"]


APP = "/containerDefinitions/0"


def problems(stage: SimulatedTasks, user: User, data: QueryDict) -> dict[str, str]:
    """Return what the submitted form refuses: the place and what is said."""
    action, context = ACTIONS["register_task_definition"], ActionContext(stage.scope, user)
    form = RegisterTaskDefinitionForm(data, context=context)
    assert drafts.make_draft(action, context, form) is None, "the form was accepted"
    return {each.finding.pointer: each.text for each in form.problems} | {"json": " ".join(form.side_errors)}


@pytest.mark.parametrize(
    ("place", "typed", "words"),
    [
        ("/family", "no spaces", "letters, digits"),
        ("/family", "", "is missing"),
        ("/memory", "3", "With 0.25 vCPU"),
        ("/memory", "5000", "512 to 2048 MiB"),
        ("/networkMode", "bridge", "awsvpc"),
        (f"{APP}/image", "two words", "image"),
        (f"{APP}/name", "", "has no name"),
        (f"{APP}/essential", "false", "essential"),
        (f"{APP}/memory", "600", "600 MiB"),
        (f"{APP}/memory", "12 stones", "not a whole number"),
        (f"{APP}/command", "sh -c 'x", "quotation mark"),
        (f"{APP}/command", '["x"', "JSON list"),
        ("/executionRoleArn", "", "execution role"),
        ("json", "{", "Line 1"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    place: str, typed: str, words: str, stage_without_aws: SimulatedTasks, operator: User
) -> None:
    data = form_data(definition())
    data[place] = typed
    found = problems(stage_without_aws, operator, data)
    assert words in found.get(place, ""), found


@pytest.mark.parametrize(
    ("tags", "place", "words"),
    [
        ([{"key": "aws:team", "value": "x"}], "/tags/0/key", "reserves keys that begin with aws:"),
        ([{"key": "team", "value": "a;b"}], "/tags/0/value", "Use letters, digits, spaces"),
        ([{"key": "team", "value": "a"}, {"key": "team", "value": "b"}], "/tags/1/key", "set twice"),
        ([{"key": f"key{n}", "value": ""} for n in range(50)], "/tags", "adds one of its own"),
    ],
)
def test_tags_that_aws_would_refuse_are_refused(
    stage_without_aws: SimulatedTasks, operator: User, tags: list[dict[str, str]], place: str, words: str
) -> None:
    found = problems(stage_without_aws, operator, form_data(definition(tags=tags)))
    assert words in found[place], found


def test_the_tag_of_a_copied_revision_is_not_taken_over(stage: SimulatedTasks, operator: User) -> None:
    copied = form_data(definition(tags=[{"key": "ecsdash:step", "value": "old"}, {"key": "team", "value": "shop"}]))
    (step,) = draft_of(stage, operator, copied).plan.steps
    assert step.params["tags"] == [{"key": "team", "value": "shop"}, {"key": "ecsdash:step", "value": STEP_ID}]


#: The execution role that a plan creates: in the dashboard's own path.
NEW_ROLE = "arn:aws:iam::123456789012:role/ecsdash/ecsTaskExecutionRole"


def without_roles(stage: SimulatedTasks) -> None:
    for role in stage.client("iam").list_roles()["Roles"]:
        stage.client("iam").delete_role(RoleName=role["RoleName"])
    stage.sweep("roles")


def test_an_account_without_an_execution_role_gets_it_with_its_first_definition(
    stage: SimulatedTasks, operator: User
) -> None:
    without_roles(stage)
    context = ActionContext(stage.scope, operator)
    empty = ACTIONS["register_task_definition"].form_class(context=context)
    assert isinstance(empty, RegisterTaskDefinitionForm)
    assert empty.state.document["executionRoleArn"] == NEW_ROLE
    new = (NEW_ROLE, "Create ecsTaskExecutionRole with AmazonECSTaskExecutionRolePolicy")
    assert new in empty.offered["execution-roles"]
    assert new not in empty.offered["roles"]

    draft = draft_of(stage, operator, form_data(definition(executionRoleArn=NEW_ROLE)))
    assert [step.call for step in draft.plan.steps] == [
        "iam.create_role", "iam.attach_role_policy", "ecs.register_task_definition",
    ]  # fmt: skip
    title = "The execution role ecsTaskExecutionRole will be created with AmazonECSTaskExecutionRolePolicy"
    assert checks(draft)[title] is Level.OK

    drive.succeed(drive.confirm(draft), stage.sandbox)

    iam = stage.client("iam")
    role = iam.get_role(RoleName="ecsTaskExecutionRole")["Role"]
    assert role["Arn"] == NEW_ROLE
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    attached = iam.list_attached_role_policies(RoleName="ecsTaskExecutionRole")["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["AmazonECSTaskExecutionRolePolicy"]
    stage.sweep("roles")
    assert len(draft_of(stage, operator, form_data(definition(executionRoleArn=NEW_ROLE))).plan.steps) == 1


def test_a_role_that_appeared_meanwhile_is_left_alone(stage: SimulatedTasks, operator: User) -> None:
    without_roles(stage)
    draft = draft_of(stage, operator, form_data(definition(executionRoleArn=NEW_ROLE)))
    stage.client("iam").create_role(RoleName="ecsTaskExecutionRole", AssumeRolePolicyDocument="{}")

    operation = drive.drive(drive.confirm(draft), stage.sandbox)

    assert (operation.state, operation.error["code"]) == ("failed", "EntityAlreadyExists")
    assert not stage.client("iam").list_attached_role_policies(RoleName="ecsTaskExecutionRole")["AttachedPolicies"]


def test_a_role_whose_answer_was_lost_is_found_again(
    stage: SimulatedTasks, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_roles(stage)
    operation = drive.confirm(draft_of(stage, operator, form_data(definition(executionRoleArn=NEW_ROLE))))
    monkeypatch.setattr(step_call.StepCall, "_store", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        runner.run(operation.pk)
    monkeypatch.undo()
    type(operation).objects.filter(pk=operation.pk).update(lease_until=None)
    drive.succeed(operation, stage.sandbox)


def test_a_role_that_is_not_known_is_refused_and_never_offered(stage: SimulatedTasks, operator: User) -> None:
    data = form_data(definition(taskRoleArn=f"{ROLE}2"))
    assert problems(stage, operator, data)["/taskRoleArn"] == (
        f"{ROLE}2 does not exist in demo / eu-central-1, or you may not use this role. Choose from the list."
    )
    form = RegisterTaskDefinitionForm(data, context=ActionContext(stage.scope, operator))
    assert f"{ROLE}2" not in dict(form.offered["roles"])
    assert form.state.document["taskRoleArn"] == f"{ROLE}2"


def test_a_role_by_its_name_alone_stays_as_it_was_written(stage: SimulatedTasks, operator: User) -> None:
    named = definition(executionRoleArn="ecsTaskExecutionRole")
    (step,) = draft_of(stage, operator, form_data(named)).plan.steps
    assert step.params["executionRoleArn"] == "ecsTaskExecutionRole"


def test_a_variable_without_a_name_is_refused_in_its_row(stage_without_aws: SimulatedTasks, operator: User) -> None:
    data = form_data(definition(container("site", "nginx:1", environment=[{"name": "A", "value": "1"}])))
    data[f"{APP}/environment/0/name"] = ""
    assert f"{APP}/environment/0/name" in problems(stage_without_aws, operator, data)


def test_the_confirm_page_learns_whether_the_image_exists(stage: SimulatedTasks, operator: User) -> None:
    stage.client("ecr").create_repository(repositoryName="shop/site")
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/site:1"
    draft = draft_of(stage, operator, form_data(definition(container("site", image, logConfiguration=LOGS))))
    (live,) = (each for each in draft.plan.live_checks if each.name == "image_exists")
    missing: Check = LIVE_CHECKS[live.name](stage.scope.connection(), **live.params)
    assert (missing.level, missing.title) == (Level.WARN, "ECR has no image shop/site:1")
    stage.client("ecr").put_image(
        repositoryName="shop/site", imageTag="1", imageManifest=json.dumps({"schemaVersion": 2, "mediaType": MANIFEST})
    )
    assert LIVE_CHECKS[live.name](stage.scope.connection(), **live.params).level is Level.OK
    elsewhere = {**live.params, "repository": "shop/nothing"}
    assert "no repository" in LIVE_CHECKS[live.name](stage.scope.connection(), **elsewhere).title


def test_deregistering_what_a_service_runs_is_warned_of(stage: SimulatedTasks, operator: User) -> None:
    stage.serve()
    stage.let(5)
    place = stage.place(family="web-front", revision=1)
    found = checks(drive.review("deregister_task_definition", operator, stage.scope, place, {}))
    assert found["In use by web-front"] is Level.WARN


def test_a_deployer_does_not_register(stage_without_aws: SimulatedTasks, deployer: User) -> None:
    context = ActionContext(stage_without_aws.scope, deployer)
    assert not ACTIONS["register_task_definition"].may_open(context)
