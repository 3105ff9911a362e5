"""Who owns what: three teams in one account, what each of them sees of it, and what an administrator works through."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from clusters.models import Role
from ecsdash.access.models import OwnershipRule, Team, User
from ecsdash.access.permissions import Role as Held
from ecsdash.inventory.changes import bump
from services.models import Secret, Service, TargetGroup, Task, TaskDefinition
from services.ownership.owners import Overview, OwnedThing
from tests.trust.three_teams import ThreeTeams, arn, document, target_group
from tests.users import REGION, make_account, person

PAGE = f"/demo/{REGION}/ownership/"


@pytest.fixture
def teams(db: None) -> ThreeTeams:
    return ThreeTeams().build()


@pytest.fixture
def admin(teams: ThreeTeams) -> User:
    return person("admin", Held.ADMIN)


def client(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def rule(kind: str, pattern: str, team: str | None, **columns: Any) -> OwnershipRule:
    owner = Team.objects.get(name=team) if team else None
    return OwnershipRule.objects.create(kind=kind, pattern=pattern, team=owner, **columns)


def rows(user: User, teams: ThreeTeams) -> dict[str, OwnedThing]:
    """Return the rows by kind and name."""
    found = Overview(user, teams.scope).rows()
    return {f"{row.thing.kind} {row.name}": row for row in found}


def shown(user: User, query: str = "", **parameters: str) -> list[str]:
    table = client(user).get(PAGE, {"q": query, **parameters}).context["table"]
    return [row.record.name for row in table.rows]


def share_target_group(teams: ThreeTeams) -> None:
    """The bank runs a service behind the target group of the shop."""
    teams.row(
        Service, "pay", arn("ecs", "service/bank/pay"), cluster_name="bank", status="ACTIVE",
        task_definition=arn("ecs", "task-definition/bank-web:1"), target_group_arns=[target_group("shop")],
        description={"serviceName": "pay"},
    )  # fmt: skip


def test_a_rule_names_the_owner_and_is_the_reason(teams: ThreeTeams, admin: User) -> None:
    rule("role", "shop-*", "bank")
    row = rows(admin, teams)["role shop-task"]
    assert (row.state, row.owner, row.reason) == ("By rule", "team bank", "role shop-* owned by team bank")
    assert row.used_by == ["shop/web"]


def test_a_rule_without_a_team_shares(teams: ThreeTeams, admin: User) -> None:
    rule("secret", "*", None)
    row = rows(admin, teams)["secret bank/password"]
    assert (row.state, row.owner) == ("Shared", "everybody")


def test_without_a_rule_the_only_team_that_uses_it_is_the_owner(teams: ThreeTeams, admin: User) -> None:
    row = rows(admin, teams)["target_group shop"]
    assert (row.state, row.owner, row.reason) == ("By use", "team shop", "No rule names it. Only team shop uses it.")


def test_without_a_rule_things_of_several_teams_are_unowned(teams: ThreeTeams, admin: User) -> None:
    share_target_group(teams)
    row = rows(admin, teams)["target_group shop"]
    assert (row.state, row.owner) == ("Unowned, in use", "used by teams bank, shop")
    assert row.reason == "No rule names it, and several teams use it."
    assert sorted(row.used_by) == ["bank/pay", "shop/web"]


def test_things_of_places_without_a_team_are_unowned(teams: ThreeTeams, admin: User) -> None:
    Team.objects.get(name="shop").grants.all().delete()
    row = rows(admin, teams)["role shop-task"]
    assert (row.state, row.owner) == ("Unowned, in use", "used by no team")
    assert row.reason == "No rule names it, and no team has a grant for shop/web."


def test_things_that_nothing_uses_are_unowned_and_not_to_work_through(teams: ThreeTeams, admin: User) -> None:
    assert rows(admin, teams)["role admin"].state == "Unowned, not used"
    assert "admin" not in shown(admin, show="unowned")


def test_a_team_that_may_change_the_whole_account_is_no_owner_by_use(teams: ThreeTeams, admin: User) -> None:
    Team.objects.create(name="platform").grants.create(role=Held.OPERATOR)
    assert rows(admin, teams)["target_group shop"].owner == "team shop"


def test_every_kind_that_a_provider_knows_is_listed_once(teams: ThreeTeams, admin: User) -> None:
    table = client(admin).get(PAGE).context["table"]
    names = [(row.record.kind, row.record.name) for row in table.rows]
    assert len(set(names)) == len(names)
    assert {kind for kind, _ in names} >= {
        "Load balancer", "Target group", "Task definition", "IAM role", "Secret", "Security group", "Log group",
        "Instance profile",
    }  # fmt: skip


def test_a_member_sees_what_their_places_use_and_no_more(teams: ThreeTeams, admin: User) -> None:
    seen = rows(teams.operators["shop"], teams)
    assert seen["role shop-task"].owner == "team shop"
    assert {row.name for row in seen.values()} == {
        "shop", "shop-web", "shop-task", "shop/password", "/ecs/shop", "vpc-1", "subnet-1",
    }  # fmt: skip
    assert len(rows(admin, teams)) > 2 * len(seen)


def test_a_member_sees_what_a_rule_gives_to_the_team_or_to_everybody(teams: ThreeTeams) -> None:
    rule("role", "admin", "shop")
    rule("secret", "blog/*", None)
    seen = rows(teams.operators["shop"], teams)
    assert {"role admin", "secret blog/password"} <= set(seen)
    assert "role admin" not in rows(teams.operators["bank"], teams)


def test_places_that_the_viewer_may_not_view_are_counted_and_not_named(teams: ThreeTeams) -> None:
    share_target_group(teams)
    row = rows(teams.operators["shop"], teams)["target_group shop"]
    assert row.used_by == ["shop/web", "1 that you may not view"]
    answer = client(teams.operators["shop"]).get(f"{PAGE}?columns=all")
    assertContains(answer, "1 that you may not view")
    assertNotContains(answer, "bank/pay")


def test_a_reason_does_not_name_a_place_that_the_viewer_may_not_view(teams: ThreeTeams) -> None:
    share_target_group(teams)
    Team.objects.get(name="bank").grants.all().delete()
    row = rows(teams.operators["shop"], teams)["target_group shop"]
    assert row.owner == "used by team shop and others"
    assert "a place that you may not view" in row.reason


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("owner:shop kind:role", {"shop-task"}),
        ("owner:shop,bank kind:role", {"shop-task", "bank-task"}),
        ("kind:role is:unowned", {"admin"}),
        ('is:"by rule"', {"blog-task"}),
        ("places:bank/web kind:log", {"/ecs/bank"}),
        ("blog kind:secret", {"blog/password"}),
        ("kind:role nothing-like-it", set()),
    ],
)
def test_the_list_is_filtered(teams: ThreeTeams, admin: User, query: str, expected: set[str]) -> None:
    rule("role", "blog-*", "blog")
    assert set(shown(admin, query)) == expected


def test_the_list_is_sorted_and_has_pages(teams: ThreeTeams, admin: User) -> None:
    for number in range(60):
        teams.row(Secret, f"extra-{number:02}", arn("secretsmanager", f"secret:extra-{number:02}-AbCdEf"))
    every = len(rows(admin, teams))
    browser, address, found = client(admin), f"{PAGE}?sort=-name", list[str]()
    while address:
        table = browser.get(address).context["table"]
        found += [row.record.name for row in table.rows]
        address = table.next_url
    assert len(found) == every > 60
    assert found == sorted(found, key=str.casefold, reverse=True)
    second = browser.get(browser.get(PAGE).context["table"].next_url).context["table"]
    assert second.previous_url == PAGE
    assert browser.get(f"{PAGE}?at=99999").context["table"].first == 1


def test_the_list_is_exported_with_the_filter(teams: ThreeTeams, admin: User) -> None:
    answer: Any = client(admin).get(f"{PAGE}?q=kind:role&format=csv&columns=all")
    text = b"".join(answer.streaming_content).decode().splitlines()
    assert text[0] == "Resource,Kind,Owner,Ownership,Reason,Used by,Teams that use it"
    assert len(text) == 5
    assert "shop-task,IAM role,team shop,By use,No rule names it. Only team shop uses it.,shop/web,shop" in text


def test_an_administrator_works_through_what_is_unowned_and_in_use(teams: ThreeTeams, admin: User) -> None:
    share_target_group(teams)
    browser = client(admin)
    assert shown(admin, show="unowned") == ["shop", "shop"]  # the load balancer and its target group
    answer = browser.get(f"{PAGE}?show=unowned")
    link = "/settings/ownership/new/?kind=target_group&amp;pattern=shop&amp;account=demo"
    assertContains(answer, link)
    form = browser.get(link.replace("&amp;", "&")).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    browser.post("/settings/ownership/new/", data | {"owner": "shop"})
    assert [row.thing.kind for row in rows(admin, teams).values() if row.state == "Unowned, in use"] == [
        "load_balancer"
    ]


def test_only_an_administrator_gets_links_to_rules(teams: ThreeTeams) -> None:
    share_target_group(teams)
    answer = client(teams.operators["shop"]).get(f"{PAGE}?show=unowned")
    assertContains(answer, "An administrator can add a rule.")
    assertNotContains(answer, "/settings/ownership/")


def test_when_everything_has_an_owner_the_page_says_so(teams: ThreeTeams, admin: User) -> None:
    assertContains(client(admin).get(f"{PAGE}?show=unowned"), "Every resource in use has an owner")


def test_an_account_without_inventory_says_that_it_is_being_read(admin: User) -> None:
    make_account("new", name="New", account_id="222222222222", regions=[REGION])
    for parameters in ("", "?show=unowned"):
        assertContains(client(admin).get(f"/new/{REGION}/ownership/{parameters}"), "resources")
        assertContains(client(admin).get(f"/new/{REGION}/ownership/{parameters}"), "They appear here after the first")


def test_settings_link_to_the_page_of_each_account_and_region(teams: ThreeTeams, admin: User) -> None:
    for user in (admin, teams.operators["shop"]):
        assertContains(client(user).get("/settings/"), f'<a href="{PAGE}">')


def test_a_larger_estate_costs_the_same_queries(teams: ThreeTeams, admin: User) -> None:
    browser = client(admin)
    browser.get(PAGE)
    before = counted(browser)
    many_services(teams, 40)
    assert counted(browser) == before < 60


def counted(browser: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        browser.get(PAGE)
    return len(queries)


def many_services(teams: ThreeTeams, number: int) -> None:
    """Create services, each with its own task definition, target group, secret and tasks."""
    now = {"account": teams.scope.account, "region": REGION, "observed_at": "2026-01-01T00:00:00Z"}
    names = [f"s{each:04}" for each in range(number)]
    arns = {name: arn("ecs", f"task-definition/{name}:3") for name in names}
    groups = {name: arn("elasticloadbalancing", f"targetgroup/{name}/fedcba9876543210") for name in names}
    secrets = {name: arn("secretsmanager", f"secret:{name}-AbCdEf") for name in names}
    TaskDefinition.objects.bulk_create(
        TaskDefinition(
            name=f"{name}:{revision}", arn=f"{arns[name][:-1]}{revision}", family=name, revision=revision,
            status="ACTIVE", description=document("shop", family=name) | {"executionRoleArn": ""} , **now,
        )
        for name in names
        for revision in (1, 2, 3)
    )  # fmt: skip
    TargetGroup.objects.bulk_create(
        TargetGroup(name=name, arn=groups[name], port=80, protocol="HTTP", target_type="ip", vpc_id="vpc-1", **now)
        for name in names
    )
    Secret.objects.bulk_create(Secret(name=name, arn=secrets[name], **now) for name in names)
    Service.objects.bulk_create(
        Service(
            name=name, arn=arn("ecs", f"service/shop/{name}"), cluster_name="shop", status="ACTIVE",
            task_definition=arns[name], target_group_arns=[groups[name]], description={"serviceName": name}, **now,
        )
        for name in names
    )  # fmt: skip
    Task.objects.bulk_create(
        Task(
            name=f"{name}-1", arn=arn("ecs", f"task/shop/{name}-1"), cluster_name="shop", service_name=name,
            family=name, last_status="RUNNING", desired_status="RUNNING", task_definition_arn=arns[name], **now,
        )
        for name in names
    )  # fmt: skip


def test_resources_are_read_again_only_when_the_inventory_or_a_rule_changed(teams: ThreeTeams, admin: User) -> None:
    def owner() -> str:
        return rows(admin, teams)["role shop-task"].owner

    bump(teams.scope.account, REGION, "roles")
    browser = client(admin)
    first, second = counted(browser), counted(browser)
    assert second < first - 10
    added = rule("role", "shop-*", "bank")
    assert owner() == "team bank"
    added.team = Team.objects.get(name="blog")
    added.save()
    assert owner() == "team blog"
    teams.row(Role, "late", arn("iam", "role/late"), region="")
    bump(teams.scope.account, REGION, "roles")
    assert "role late" in rows(admin, teams)


def test_the_cache_is_the_same_for_all_and_each_sees_their_own(teams: ThreeTeams, admin: User) -> None:
    bump(teams.scope.account, REGION, "roles")
    every, own = rows(admin, teams), rows(teams.operators["shop"], teams)
    assert "role bank-task" in every
    assert "role bank-task" not in own
