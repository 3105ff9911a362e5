"""What a rule gives to another team stays with it: by label or tag, behind another thing, in use already, in what the
plan itself creates, and in removals of what another operation created."""

from typing import Any

import pytest

from clusters.forms.settings import provider_names
from clusters.models import (
    AutoScalingGroup,
    CapacityProvider,
    Cluster,
    ContainerInstance,
    InstanceProfile,
    KeyPair,
    Subnet,
)
from ecsdash.access.judgement import Judge
from ecsdash.access.models import Membership, OwnershipRule, Team, User
from ecsdash.access.permissions import Permission
from ecsdash.access.references import How, Reference, named_by
from ecsdash.access.targets import AccessTarget
from ecsdash.operations.actions import ACTIONS, ActionContext
from ecsdash.operations.authority import judge_step
from ecsdash.operations.offers import permitted
from ecsdash.operations.plan import Step
from services.forms.task_definition.form import RegisterTaskDefinitionForm
from services.models import Certificate, LoadBalancer, Secret, Service
from tests.operations.conftest import draft_of
from tests.operations.drive import confirm
from tests.trust import three_teams
from tests.trust.test_foreign_things import refusals
from tests.trust.three_teams import ThreeTeams, document
from tests.users import REGION, create_grant


@pytest.fixture
def teams(db: None) -> ThreeTeams:
    return ThreeTeams().build()


def rule(kind: str, pattern: str = "", team: str | None = "bank", **columns: str) -> None:
    owner = Team.objects.get(name=team) if team else None
    OwnershipRule.objects.create(kind=kind, pattern=pattern, team=owner, **columns)


def context_of(teams: ThreeTeams, user: User, action: str, resource: Any = None) -> ActionContext:
    return ActionContext(teams.scope, user, resource, ACTIONS[action].permission)


@pytest.mark.parametrize("by", [{"pattern": "bank-*"}, {"tag_key": "team", "tag_value": "bank"}])
@pytest.mark.parametrize(("model", "call"), [
    (Subnet, lambda name: ("ec2.run_instances", {"SubnetId": name})),
    (KeyPair, lambda name: ("ec2.run_instances", {"KeyName": name})),
    (Certificate, lambda name: ("elbv2.create_listener", {
        "LoadBalancerArn": three_teams.balancer("shop"), "Certificates": [{"CertificateArn": f"arn:x:{name}"}]})),
])  # fmt: skip
def test_rules_match_the_label_and_the_tags_of_what_calls_name_by_id(
    teams: ThreeTeams, model: Any, call: Any, by: dict[str, str]
) -> None:
    more = {"vpc_id": "vpc-1"} if model is Subnet else {}
    teams.row(model, "id-1", "arn:x:id-1", label="bank-thing", tags={"team": "bank"}, **more)
    rule(model.NOUN, **by)
    name, params = call("id-1")
    (refusal,) = refusals(teams.operators["shop"], "shop", name, params)
    assert "belongs to team bank" in refusal
    offered = permitted(context_of(teams, teams.operators["shop"], "create_service"), model.objects.all())
    assert "id-1" not in [row.name for row in offered]


def test_a_rule_by_tag_on_a_load_balancer_covers_its_listeners_and_their_rules(teams: ThreeTeams) -> None:
    LoadBalancer.objects.filter(name="shop").update(tags={"team": "bank"})
    rule("load_balancer", tag_key="team", tag_value="bank")
    for call, params in (
        ("elbv2.create_rule", {"ListenerArn": three_teams.listener("shop"), "Priority": 99, "Actions": []}),
        ("elbv2.delete_listener", {"ListenerArn": three_teams.listener("shop")}),
        ("elbv2.delete_rule", {"RuleArn": three_teams.rule("shop")}),
    ):
        assert any("belongs to team bank" in each for each in refusals(teams.operators["shop"], "shop", call, params))


@pytest.mark.parametrize(("kind", "pattern"), [("role", "shop-task"), ("secret", "shop/password")])
def test_what_is_used_already_is_refused_once_a_rule_gives_it_to_another_team(
    teams: ThreeTeams, kind: str, pattern: str
) -> None:
    user, call = teams.operators["shop"], "ecs.register_task_definition"
    assert refusals(user, "shop", call, document("shop")) == []
    rule(kind, pattern)
    found = refusals(user, "shop", call, document("shop"))
    assert found
    assert all("elongs to team bank" in each for each in found)


def test_a_task_does_not_use_the_network_of_a_service_that_the_person_may_not_change(teams: ThreeTeams) -> None:
    Service.objects.filter(cluster_name="bank").update(
        cluster_name="shop", name="bank", task_definition=three_teams.arn("ecs", "task-definition/tools:1")
    )
    user = User.objects.create_user("tools")
    create_grant("deployer", "demo", user=user, cluster="shop", service="tools")
    rule("task_definition", "tools", None)
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-bank"]}}
    params = {"cluster": "shop", "taskDefinition": "tools:1", "networkConfiguration": network}
    (refusal,) = refusals(user, "shop", "ecs.run_task", params, Permission.DEPLOY)
    assert "security group sg-bank" in refusal


def test_whoever_passes_an_instance_profile_passes_the_role_in_it(teams: ThreeTeams) -> None:
    rule("instance_profile", "shop-nodes", "shop")
    arn = three_teams.arn("iam", "instance-profile/shop-nodes")
    teams.row(InstanceProfile, "shop-nodes", arn, region="", role_name="admin")
    for call, params in (
        ("ec2.run_instances", {"IamInstanceProfile": {"Name": "shop-nodes"}}),
        ("ec2.create_launch_template", {
            "LaunchTemplateName": "new", "LaunchTemplateData": {"IamInstanceProfile": {"Arn": arn}}}),
    ):  # fmt: skip
        (refusal,) = refusals(teams.operators["shop"], "shop", call, params)
        assert "pass the role admin" in refusal


def test_an_instance_is_not_terminated_through_the_auto_scaling_group_of_another_team(teams: ThreeTeams) -> None:
    instance = {"cluster_name": "shop", "container_instance_id": "c1", "status": "ACTIVE"}
    teams.row(ContainerInstance, "i-1", three_teams.arn("ecs", "container-instance/shop/c1"), **instance)
    arn = three_teams.arn("autoscaling", "autoScalingGroup:1:autoScalingGroupName/nodes")
    teams.row(AutoScalingGroup, "nodes", arn, description={"Instances": [{"InstanceId": "i-1"}]})
    call, params = "autoscaling.terminate_instance_in_auto_scaling_group", {"InstanceId": "i-1"}
    assert refusals(teams.operators["shop"], "shop", call, params) == []
    rule("auto_scaling_group", "nodes")
    (refusal,) = refusals(teams.operators["shop"], "shop", call, params)
    assert "auto scaling group nodes belongs to team bank" in refusal


@pytest.mark.parametrize(("member", "named"), [
    ({"environmentFiles": [{"value": "arn:aws:s3:::bank-files/app.env"}]}, ("object", "bank-files/app.env")),
    ({"firelensConfiguration": {"options": {"config-file-value": "arn:aws:s3:::bank-files/a"}}},
     ("object", "bank-files/a")),
    ({"credentialSpecs": ["credentialspec:arn:aws:s3:::bank-files/spec.json"]}, ("object", "bank-files/spec.json")),
    ({"credentialSpecs": ["credentialspecdomainless:arn:aws:ssm:eu-central-1:111111111111:parameter/bank/spec"]},
     ("secret", "/bank/spec")),
    ({"image": "111111111111.dkr.ecr.eu-central-1.amazonaws.com/bank/app@sha256:00"}, ("repository", "bank/app")),
])  # fmt: skip
def test_what_a_container_reads_is_named(member: dict[str, Any], named: tuple[str, str]) -> None:
    params = {"family": "x", "containerDefinitions": [{"name": "app", "image": "x", **member}]}
    found = named_by("ecs.register_task_definition", params)
    assert [(each.kind, each.name) for each in found if isinstance(each, Reference) and each.how is How.READS] == [
        named
    ]


def test_forms_offer_the_capacity_providers_secrets_and_groups_that_the_person_may_use(teams: ThreeTeams) -> None:
    user = teams.operators["shop"]
    for team in ("shop", "bank"):
        arn = three_teams.arn("ecs", f"capacity-provider/{team}-nodes")
        teams.row(CapacityProvider, f"{team}-nodes", arn, status="ACTIVE")
        rule("capacity_provider", f"{team}-*", team)
    context = context_of(teams, user, "register_task_definition")
    assert provider_names(context) == ["FARGATE", "FARGATE_SPOT", "shop-nodes"]
    cluster = Cluster.objects.get(name="shop")
    cluster.capacity_providers = ["bank-nodes"]
    kept = context_of(teams, user, "edit_cluster", cluster)
    assert provider_names(kept) == ["FARGATE", "FARGATE_SPOT", "bank-nodes", "shop-nodes"]
    assert [row.name for row in permitted(context, Secret.objects.all())] == ["shop/password"]
    offered = RegisterTaskDefinitionForm(context=context).offers()
    assert [name for _, name in offered["known-secrets"]] == ["shop/password"]
    assert [name for name, _ in offered["known-log-groups"]] == ["/ecs/shop"]


def test_the_wordpress_form_offers_neither_subnets_nor_clusters_of_others(teams: ThreeTeams) -> None:
    create_grant("viewer", "demo", user=teams.operators["shop"], cluster="bank")
    rule("subnet", "subnet-1")
    form = ACTIONS["create_wordpress"].form_class(
        context=context_of(teams, teams.operators["shop"], "create_wordpress")
    )
    offered = {name: [value for value, _ in form.fields[name].choices] for name in ("cluster", "subnets")}  # type: ignore[attr-defined]
    assert offered == {"cluster": ["new:", "shop"], "subnets": []}


def test_the_form_that_registers_opens_for_whoever_may_register_some_family(teams: ThreeTeams) -> None:
    user, action = User.objects.create_user("somebody"), ACTIONS["register_task_definition"]
    create_grant("operator", "demo", user=user, service="shop-*")
    assert action.may_open(context_of(teams, user, "register_task_definition"))
    assert not action.may_open(context_of(teams, teams.deployers["shop"], "register_task_definition"))


# --- what the plan itself creates, and what another operation created ----------------------------------------------
def test_what_the_plan_creates_is_refused_to_a_person_of_another_team(teams: ThreeTeams) -> None:
    judge = Judge(teams.operators["shop"], Permission.OPERATE, AccessTarget("demo", REGION, "shop"))
    step = Step("policy", "Policy", "iam.put_role_policy", {"RoleName": "new-role"})
    assert judge_step(judge, step, {("role", "new-role")}) == []
    rule("role", "new-*")
    later = Judge(judge.user, Permission.OPERATE, judge.place)
    assert [each.refusal for each in judge_step(later, step, {("role", "new-role")})] == [
        "The role new-role belongs to team bank (role new-* owned by team bank)."
    ]
    Membership.objects.create(user=judge.user, team=Team.objects.get(name="bank"))
    member = Judge(judge.user, Permission.OPERATE, judge.place)
    assert judge_step(member, step, {("role", "new-role")}) == []


def test_a_removal_takes_what_the_other_operation_created_unless_a_rule_or_a_use_gives_it_to_others(
    teams: ThreeTeams,
) -> None:
    create = Step("space", "Create", "servicediscovery.create_http_namespace", {"Name": "site"})
    teams.scope.account.regions = [REGION]
    operation = confirm(draft_of(teams.scope.account, teams.operators["shop"], create))
    made_by = str(operation.steps.get(key="space").pk)
    params = {"Id": {"$ref": "found.Id"}}
    step = Step("remove", "Remove", "servicediscovery.delete_namespace", params, removes=made_by)
    place = AccessTarget("demo", REGION, "shop")

    def found() -> list[str]:
        judge = Judge(teams.operators["shop"], Permission.OPERATE, place)
        return [each.refusal for each in judge_step(judge, step, ()) if each.refusal]

    assert found() == []
    bank = Service.objects.get(cluster_name="bank")
    bank.description |= {"serviceConnectConfiguration": {"namespace": "site"}}
    bank.save()
    assert "The namespace site is used by" in found()[0]
    rule("namespace", "site")
    assert "The namespace site belongs to team bank" in found()[0]
