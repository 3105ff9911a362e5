"""What belongs to another team is out of reach: through forms, plans, and calls made by the runner."""

import itertools
from collections.abc import Mapping
from typing import Any, Final

import pytest

from ecsdash.access.judgement import Judge
from ecsdash.access.models import OwnershipRule, Team, User
from ecsdash.access.permissions import Permission
from ecsdash.access.references import ENTRIES, Own, named_by
from ecsdash.access.targets import AccessTarget
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.authority import judge_step
from ecsdash.operations.plan import Step
from services.models import Listener
from tests.trust import three_teams
from tests.trust.three_teams import TEAMS, ThreeTeams, document
from tests.users import REGION

Params = Mapping[str, Any]
NETWORK: Final = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "DISABLED"}}


@pytest.fixture
def teams(db: None) -> ThreeTeams:
    return ThreeTeams().build()


def refusals(
    user: User, team: str, call: str, params: Params, permission: Permission = Permission.OPERATE
) -> list[str]:
    """Return why a call of a member of the team is refused in the team's own cluster."""
    judge = Judge(user, permission, AccessTarget("demo", REGION, team, "new"))
    judged = judge_step(judge, Step("call", "Call", call, dict(params)), ())
    return [each.refusal for each in judged if each.refusal]


def test_every_call_of_every_action_says_what_it_names() -> None:
    assert {call for action in ACTIONS.values() for call in action.calls} - set(ENTRIES) == set()


def test_a_deployer_does_not_run_the_task_definition_of_another_team(teams: ThreeTeams) -> None:
    own, foreign = ({"cluster": "shop", "taskDefinition": f"{team}-web:1", "networkConfiguration": NETWORK}
                    for team in ("shop", "bank"))  # fmt: skip
    deployer = teams.deployers["shop"]
    assert refusals(deployer, "shop", "ecs.run_task", own, Permission.DEPLOY) == []
    (refusal,) = refusals(deployer, "shop", "ecs.run_task", foreign, Permission.DEPLOY)
    where = "1 place that you may not view, for which you do not have the permission."
    assert refusal == f"The task definition bank-web is used by {where}"


def test_a_deployer_does_not_override_the_command_without_the_capability(teams: ThreeTeams) -> None:
    params = {"cluster": "shop", "taskDefinition": "shop-web:1",
              "overrides": {"containerOverrides": [{"name": "app", "command": ["env"]}]}}  # fmt: skip
    (refusal,) = refusals(teams.deployers["shop"], "shop", "ecs.run_task", params, Permission.DEPLOY)
    assert "command override" in refusal
    assert refusals(teams.operators["shop"], "shop", "ecs.run_task", params) == []


def test_an_operator_takes_no_traffic_of_another_teams_listener(teams: ThreeTeams) -> None:
    params = {"ListenerArn": three_teams.listener("bank"), "Priority": 1, "Actions": [],
              "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}]}  # fmt: skip
    found = refusals(teams.operators["shop"], "shop", "elbv2.create_rule", params)
    assert (
        "The listener of bank is used by 1 place that you may not view, for which you do not have the permission."
        in found
    )
    assert (
        "The target group bank is used by 1 place that you may not view, for which you do not have the permission."
        in found
    )


@pytest.mark.parametrize(("path", "priority", "refused"), [
    ("/*", 1, True), ("/app/*", 5, True), ("/app/new", 5, True), ("/app/new", 20, False), ("/other/*", 5, False),
    ("/*/new", 5, True), ("/?*", 20, True), ("/?p/x", 5, False),
])  # fmt: skip
def test_on_a_shared_listener_a_rule_takes_no_traffic_of_others(
    teams: ThreeTeams, path: str, priority: int, refused: bool
) -> None:
    OwnershipRule.objects.create(kind="load_balancer", pattern="bank")
    params = {"ListenerArn": three_teams.listener("bank"), "Priority": priority, "Actions": [],
              "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": [path]}}]}  # fmt: skip
    assert bool(refusals(teams.operators["shop"], "shop", "elbv2.create_rule", params)) is refused


def test_on_a_shared_load_balancer_a_rule_is_changed_by_those_behind_it(teams: ThreeTeams) -> None:
    OwnershipRule.objects.create(kind="load_balancer", pattern="*")
    for call, params in (
        ("elbv2.delete_rule", {"RuleArn": three_teams.rule("shop")}),
        ("elbv2.modify_rule", {"RuleArn": three_teams.rule("shop"), "Actions": []}),
        ("elbv2.set_rule_priorities", {"RulePriorities": [{"RuleArn": three_teams.rule("shop"), "Priority": 3}]}),
    ):
        assert refusals(teams.operators["shop"], "shop", call, params) == [], call
        assert refusals(teams.operators["bank"], "bank", call, params), call
    wide = {"RuleArn": three_teams.rule("shop"),
            "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}]}  # fmt: skip
    assert refusals(teams.operators["shop"], "shop", "elbv2.modify_rule", wide) == [], "nothing else is behind it"
    assert refusals(
        teams.operators["shop"], "shop", "elbv2.delete_listener", {"ListenerArn": three_teams.listener("shop")}
    )


def test_a_rule_with_other_conditions_or_a_lower_number_takes_traffic_too(teams: ThreeTeams) -> None:
    OwnershipRule.objects.create(kind="load_balancer", pattern="*")
    listener = Listener.objects.get(arn=three_teams.listener("bank"))
    target = Listener.objects.get(arn=three_teams.listener("shop")).rules[0]["target_group_arns"]
    own = {**listener.rules[0], "arn": three_teams.rule("new"), "priority": 50, "paths": ["/own"],
           "target_group_arns": target}  # fmt: skip
    Listener.objects.filter(pk=listener.pk).update(rules=[*listener.rules, own])
    user, wide = teams.operators["shop"], [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}]
    assert refusals(user, "shop", "elbv2.modify_rule", {"RuleArn": own["arn"], "Conditions": wide})
    moved = {"RulePriorities": [{"RuleArn": own["arn"], "Priority": 1}]}
    assert refusals(user, "shop", "elbv2.set_rule_priorities", moved) == [], "no other rule matches /own"
    Listener.objects.filter(pk=listener.pk).update(rules=[*listener.rules, {**own, "paths": ["/*/own"]}])
    assert refusals(user, "shop", "elbv2.set_rule_priorities", moved)


def test_an_operator_of_a_cluster_launches_no_instance_with_an_administrators_role(teams: ThreeTeams) -> None:
    params = {"IamInstanceProfile": {"Name": "admin"}, "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-shop"]}
    assert refusals(teams.operators["shop"], "shop", "ec2.run_instances", params) == [
        "Your grants do not allow you to pass the instance profile admin to AWS.",
        "Your grants do not allow you to pass the role admin to AWS.",
    ]


def test_a_region_wide_operator_registers_no_host_access_and_passes_no_role_that_no_grant_lists(
    teams: ThreeTeams, operator: User
) -> None:
    container = {"name": "app", "image": "x", "privileged": True,
                 "linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"]}}}  # fmt: skip
    params = {"family": "new", "pidMode": "host", "containerDefinitions": [container],
              "taskRoleArn": three_teams.role("bank"),
              "volumes": [{"name": "root", "host": {"sourcePath": "/"}}]}  # fmt: skip
    found = refusals(operator, "shop", "ecs.register_task_definition", params)
    assert len(found) == 5
    assert sum("host access" in each for each in found) == 4


def test_a_new_revision_may_keep_what_the_family_has_and_add_nothing(teams: ThreeTeams) -> None:
    kept = document("shop")
    assert refusals(teams.operators["shop"], "shop", "ecs.register_task_definition", kept) == []
    for change in ({"taskRoleArn": three_teams.role("bank")}, {"pidMode": "host"}):
        assert refusals(teams.operators["shop"], "shop", "ecs.register_task_definition", {**kept, **change})


def test_a_name_that_exists_is_a_change_of_that_thing(teams: ThreeTeams) -> None:
    user = teams.operators["shop"]
    for call, params in (
        ("iam.create_role", {"RoleName": "bank-task"}),
        ("secretsmanager.create_secret", {"Name": "bank/password"}),
        ("elbv2.create_load_balancer", {"Name": "bank", "Scheme": "internal"}),
        ("elbv2.create_target_group", {"Name": "bank"}),
        ("ecs.register_task_definition", {"family": "bank-web", "containerDefinitions": []}),
        ("logs.create_log_group", {"logGroupName": "/ecs/bank"}),
    ):
        assert refusals(user, "shop", call, params), call
    assert refusals(user, "shop", "iam.create_role", {"RoleName": "shop-new"}) == []


def test_a_rule_gives_a_thing_to_a_team_or_shares_it(teams: ThreeTeams) -> None:
    user, params = teams.operators["shop"], {"cluster": "shop", "service": "web", "taskDefinition": "batch"}
    assert refusals(user, "shop", "ecs.update_service", params)
    OwnershipRule.objects.create(kind="task_definition", pattern="ba*", team=Team.objects.get(name="shop"))
    assert refusals(user, "shop", "ecs.update_service", params) == []
    OwnershipRule.objects.create(kind="task_definition", pattern="bat*", team=Team.objects.get(name="bank"))
    (refusal,) = refusals(user, "shop", "ecs.update_service", params)
    assert refusal == "The task definition batch belongs to team bank (task definition bat* owned by team bank)."


# --- every call with every foreign thing ----------------------------------------------------------------------------
def foreign(team: str) -> dict[str, list[Any]]:
    """Return the values that name a team's things, by the place in calls that takes them."""
    return {
        "cluster": [team, three_teams.arn("ecs", f"cluster/{team}")],
        "taskDefinition": [f"{team}-web", f"{team}-web:1", three_teams.arn("ecs", f"task-definition/{team}-web:1")],
        "role": [three_teams.role(team)],
        "group": [f"sg-{team}"],
        "target": [three_teams.target_group(team)],
        "secret": [three_teams.secret(team), f"{three_teams.secret(team)}:key::"],
    }


def calls_naming(kind: str, value: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return calls of a member of shop that name a value in one place, and otherwise only what is the team's own."""
    service = {"cluster": "shop", "serviceName": "new", "taskDefinition": "shop-web:1"}
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": [value]}}
    container = {"name": "app", "image": "x", "secrets": [{"name": "A", "valueFrom": value}]}
    logs = {"name": "app", "image": "x", "logConfiguration": {"secretOptions": [{"name": "A", "valueFrom": value}]}}
    private = {"name": "app", "image": "x", "repositoryCredentials": {"credentialsParameter": value}}
    update = {"cluster": "shop", "service": "web"}
    calls: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "cluster": [
            ("ecs.create_service", {**service, "cluster": value}), ("ecs.delete_cluster", {"cluster": value}),
            ("ecs.run_task", {"cluster": value, "taskDefinition": "shop-web:1"}),
            ("ecs.update_service", {**update, "cluster": value}), ("ecs.update_cluster_settings", {"cluster": value}),
            ("ecs.put_cluster_capacity_providers", {"cluster": value}),
            ("ecs.delete_service", {**update, "cluster": value}),
            ("ecs.deregister_container_instance", {"cluster": value, "containerInstance": "x"}),
        ],
        "taskDefinition": [
            ("ecs.create_service", {**service, "taskDefinition": value}),
            ("ecs.update_service", {**update, "taskDefinition": value}),
            ("ecs.run_task", {"cluster": "shop", "taskDefinition": value}),
            ("ecs.deregister_task_definition", {"taskDefinition": value}),
        ],
        "role": [
            ("ecs.register_task_definition", document("shop", taskRoleArn=value)),
            ("ecs.register_task_definition", document("shop", executionRoleArn=value)),
            ("ecs.run_task", {"cluster": "shop", "taskDefinition": "shop-web", "overrides": {"taskRoleArn": value}}),
            ("ecs.create_service", {**service, "role": value}),
            ("iam.add_role_to_instance_profile", {"InstanceProfileName": Own("profile"), "RoleName": value}),
            ("iam.put_role_policy", {"RoleName": value.rpartition("/")[2]}),
            ("iam.delete_role", {"RoleName": value.rpartition("/")[2]}),
        ],
        "group": [
            ("ecs.create_service", {**service, "networkConfiguration": network}),
            ("ecs.update_service", {**update, "networkConfiguration": network}),
            ("ecs.run_task", {"cluster": "shop", "taskDefinition": "shop-web", "networkConfiguration": network}),
            ("elbv2.create_load_balancer", {"Name": "new", "Scheme": "internal", "SecurityGroups": [value]}),
            ("ec2.run_instances", {"SecurityGroupIds": [value]}), ("ec2.delete_security_group", {"GroupId": value}),
            ("ec2.authorize_security_group_ingress", {"GroupId": value, "IpPermissions": []}),
            ("ec2.revoke_security_group_ingress", {"GroupId": value}),
        ],
        "target": [
            ("ecs.create_service", {**service, "loadBalancers": [{"targetGroupArn": value}]}),
            ("ecs.update_service", {**update, "loadBalancers": [{"targetGroupArn": value}]}),
            ("elbv2.modify_target_group_attributes", {"TargetGroupArn": value}),
            ("elbv2.delete_target_group", {"TargetGroupArn": value}),
            ("elbv2.create_rule", {"ListenerArn": three_teams.listener("shop"), "Priority": 99,
                                   "Actions": [{"TargetGroupArn": value}],
                                   "Conditions": [{"PathPatternConfig": {"Values": ["/new/*"]}}]}),
        ],
        "secret": [
            ("ecs.register_task_definition", document("shop", containerDefinitions=[each]))
            for each in (container, logs, private)
        ],
    }  # fmt: skip
    return calls[kind]


KINDS = ("cluster", "taskDefinition", "role", "group", "target", "secret")


@pytest.mark.parametrize("kind", KINDS)
def test_no_call_of_a_teams_member_reaches_what_another_team_uses(teams: ThreeTeams, kind: str) -> None:
    reached = []
    for other, value in ((team, value) for team in TEAMS[1:] for value in foreign(team)[kind]):
        for call, params in calls_naming(kind, value):
            if not refusals(teams.operators["shop"], "shop", call, params):
                reached.append((call, other, value))
    assert reached == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_calls_reach_what_is_the_teams_own(teams: ThreeTeams, kind: str) -> None:
    """Otherwise the test above would show nothing. IAM roles are used by tasks, so their places are the team's."""
    own = [call for value in foreign("shop")[kind] for call in calls_naming(kind, value)]
    found = {call: refusals(teams.operators["shop"], "shop", call, params) for call, params in own}
    assert {call: texts for call, texts in found.items() if not all("pass the" in each for each in texts)} == {}


def test_what_an_earlier_step_returns_is_the_plans_own() -> None:
    found = named_by("ecs.create_service", {
        "cluster": Own("cluster.name"), "serviceName": Own("x"), "taskDefinition": Own("register.arn"),
        "loadBalancers": [{"targetGroupArn": Own("targets.arn")}],
    })  # fmt: skip
    assert found == []


@pytest.mark.parametrize("pair", list(itertools.permutations(TEAMS, 2)), ids="-".join)
def test_load_balancers_and_what_stands_on_them_stay_with_their_team(teams: ThreeTeams, pair: tuple[str, str]) -> None:
    team, other = pair
    for call, params in (
        ("elbv2.create_listener", {"LoadBalancerArn": three_teams.balancer(other), "DefaultActions": []}),
        ("elbv2.delete_load_balancer", {"LoadBalancerArn": three_teams.balancer(other)}),
        ("elbv2.delete_listener", {"ListenerArn": three_teams.listener(other)}),
        ("elbv2.delete_rule", {"RuleArn": three_teams.rule(other)}),
    ):
        assert refusals(teams.operators[team], team, call, params), call
        own = {key: value.replace(f"/{other}/", f"/{team}/") if isinstance(value, str) else value
               for key, value in params.items()}  # fmt: skip
        assert refusals(teams.operators[team], team, call, own) == [], call
