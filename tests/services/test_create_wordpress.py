"""WordPress from one form: every part is made once, and its address answers."""

import json
import re
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from clusters.models import Subnet
from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.operations.drafts import checks_of, run_live_checks
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Level
from tests.operations.drive import errors, review, start, succeed
from tests.processes import REGION, Sandbox

PLACE = {"account": "demo", "region": REGION}


def form(**changes: Any) -> dict[str, Any]:
    subnets = list(Subnet.objects.filter(region=REGION).order_by("availability_zone").values_list("name", flat=True))
    return {
        "name": "blog",
        "cluster": "new:",
        "subnets": subnets[:2],
        "site_count": "2",
        "site_image": "wordpress:6",
        "database_image": "mysql:8.4",
        **changes,
    }


def opened(address: str) -> tuple[int, str]:
    """What a browser gets at the balancer's address."""
    parts = urlsplit(address)
    connection = HTTPConnection("127.0.0.1", parts.port or 80, timeout=10)
    connection.request("GET", "/", headers={"Host": parts.netloc})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_it_ends_with_an_address_that_answers(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    operation = succeed(start("create_wordpress", operator, scope, PLACE, form()), sandbox)
    (site,) = operation.outputs
    assert site["link"] is True
    status, page = opened(site["value"])
    assert status == 200
    assert "WordPress" in page
    assert "Error establishing a database connection" not in page
    pages = {opened(site["value"])[1] for _ in range(4)}
    assert len({task for each in pages for task in re.findall("<dt>Task</dt><dd>([^<]*)", each)}) == 2
    assert all("fsap-" in each and "blog/keys-and-salts" in each for each in pages)


def test_the_password_is_in_secrets_manager_and_nowhere_here(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    operation = succeed(start("create_wordpress", operator, scope, PLACE, form()), sandbox)
    secret = sandbox.client("secretsmanager").get_secret_value(SecretId="blog/database-password")["SecretString"]
    assert len(secret) == 32
    kept = [Operation.objects.filter(pk=operation.pk).values(), operation.steps.values(), AuditEvent.objects.values()]
    assert all(secret not in str(list(rows)) for rows in kept)


def test_two_tasks_of_the_site_and_one_database_run_in_the_new_cluster(
    scope: Scope, operator: User, sandbox: Sandbox
) -> None:
    succeed(start("create_wordpress", operator, scope, PLACE, form()), sandbox)
    found = sandbox.client("ecs").describe_services(cluster="blog", services=["blog", "blog-mysql"])["services"]
    assert {each["serviceName"]: each["runningCount"] for each in found} == {"blog": 2, "blog-mysql": 1}


def test_a_taken_name_blocks_the_plan(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    sandbox.client("secretsmanager").create_secret(Name="blog/database-password", SecretString="x")
    sweep_now(scope, "secrets")
    blocking = [c.title for c in review("create_wordpress", operator, scope, PLACE, form()).plan.checks
                if c.level is Level.BLOCK]  # fmt: skip
    assert blocking == ["The name is in use: the secret blog/database-password"]


def test_the_tasks_of_the_site_share_files_keys_and_visitors(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    succeed(start("create_wordpress", operator, scope, PLACE, form()), sandbox)
    definition = sandbox.client("ecs").describe_task_definition(taskDefinition="blog")["taskDefinition"]
    (container,) = definition["containerDefinitions"]
    assert [each["containerPath"] for each in container["mountPoints"]] == ["/var/www/html/wp-content"]
    files = definition["volumes"][0]["efsVolumeConfiguration"]
    assert files["transitEncryption"] == "ENABLED"
    access_point = files["authorizationConfig"]["accessPointId"]
    (found,) = sandbox.client("efs").describe_access_points(AccessPointId=access_point)["AccessPoints"]
    assert (found["FileSystemId"], found["PosixUser"]["Uid"]) == (files["fileSystemId"], 33)

    salts = json.loads(
        sandbox.client("secretsmanager").get_secret_value(SecretId="blog/keys-and-salts")["SecretString"]
    )
    wanted = {each["name"]: each["valueFrom"].split(":")[-3] for each in container["secrets"] if "KEY" in each["name"]
              or "SALT" in each["name"]}  # fmt: skip
    assert wanted == {f"WORDPRESS_{name}": name for name in salts}
    assert len(set(salts.values())) == 8
    assert {len(each) for each in salts.values()} == {64}
    elb = sandbox.client("elbv2")
    group = elb.describe_target_groups(Names=["blog-site"])["TargetGroups"][0]["TargetGroupArn"]
    attributes = {
        each["Key"]: each["Value"] for each in elb.describe_target_group_attributes(TargetGroupArn=group)["Attributes"]
    }
    assert (attributes["stickiness.enabled"], attributes["stickiness.type"]) == ("true", "lb_cookie")


def test_a_taken_namespace_blocks_the_plan(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    sandbox.client("servicediscovery").create_http_namespace(Name="blog")
    draft = review("create_wordpress", operator, scope, PLACE, form())
    run_live_checks(draft.pk)
    draft.refresh_from_db()
    assert [check.title for check in checks_of(draft)[0] if check.level is Level.BLOCK] == [
        "The namespace blog already exists"
    ]


@pytest.mark.parametrize(
    ("changes", "field", "complaint"),
    [
        ({"name": "My Blog"}, "name", "lowercase letters"),
        ({"name": ""}, "name", "required"),
        ({"site_count": "0"}, "site_count", "greater than or equal to 1"),
        ({"cluster": "gone"}, "cluster", "not one of the available choices"),
    ],
)
def test_bad_input_is_refused_by_its_field(
    scope: Scope, operator: User, changes: dict[str, Any], field: str, complaint: str
) -> None:
    assert complaint in " ".join(errors("create_wordpress", operator, scope, PLACE, form(**changes))[field])


def test_subnets_in_one_zone_are_refused(scope: Scope, operator: User) -> None:
    one = form()["subnets"][:1]
    found = errors("create_wordpress", operator, scope, PLACE, form(subnets=one))
    assert "two Availability Zones" in found["subnets"][0]
