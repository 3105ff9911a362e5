"""What the container behind a load balancer answers."""

from typing import Any

from ecsdash.sandbox import pages
from ecsdash.sandbox.ecs import EcsControlPlane
from ecsdash.sandbox.links import MotoLinks
from ecsdash.sandbox.moto_models.balancing import Target
from ecsdash.sandbox.ports import Scope
from ecsdash.sandbox.wire import Answer

_OWN_HOSTS = {"", "localhost", "127.0.0.1"}
_DATABASES = ("mysql", "mariadb", "percona")


def page(plane: EcsControlPlane, links: MotoLinks, scope: Scope, behind: dict[str, Any], target: Target) -> Answer:
    """`behind` describes the task at the target; it is empty for a target that is no task."""
    facts = {
        "Service": behind.get("service", ""),
        "Task": behind.get("task", ""),
        "Container": behind.get("container", ""),
        "Image": behind.get("image", ""),
        "Availability Zone": behind.get("zone", "") or target.zone,
        "Target": f"{target.id}:{target.port}",
    }
    if repository(facts["Image"]) == "wordpress":
        return _wordpress(plane, links, scope, behind, facts)
    return pages.page(200, facts["Service"] or "It works", ["This container is running."], facts)


def repository(image: str) -> str:
    """`registry/team/wordpress:6.5@sha256:..` -> `wordpress`"""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _wordpress(
    plane: EcsControlPlane, links: MotoLinks, scope: Scope, behind: dict[str, Any], facts: dict[str, str]
) -> Answer:
    if not _finds_database(plane, links, scope, behind):
        return pages.page(
            500,
            "Error establishing a database connection",
            ["WordPress cannot reach its database: the host in WORDPRESS_DB_HOST leads to no running task."],
            facts,
        )
    return pages.page(
        200,
        "WordPress",
        [
            "Welcome to the famous five-minute WordPress installation process!",
            "The database answers. Fill in the information below and you will be on your way.",
        ],
        facts,
    )


def _finds_database(plane: EcsControlPlane, links: MotoLinks, scope: Scope, behind: dict[str, Any]) -> bool:
    task = _task(plane, scope, behind)
    if task is None:
        return False
    definition = plane.handle(scope, "DescribeTaskDefinition", {"taskDefinition": task["taskDefinitionArn"]})
    containers = definition["taskDefinition"]["containerDefinitions"]
    mine: dict[str, Any] = next((each for each in containers if each["name"] == behind["container"]), {})
    environment = {pair["name"]: pair.get("value", "") for pair in mine.get("environment", [])}
    host = environment.get("WORDPRESS_DB_HOST", "mysql").partition(":")[0]
    databases = {each["name"] for each in containers if repository(each["image"]) in _DATABASES}
    running = {each["name"] for each in task["containers"] if each["lastStatus"] == "RUNNING"}
    beside = databases & running
    if beside and (host in _OWN_HOSTS or host in beside):
        return True
    return bool(links.addresses(scope, host))


def _task(plane: EcsControlPlane, scope: Scope, behind: dict[str, Any]) -> dict[str, Any] | None:
    arn = str(behind.get("task", ""))
    if not arn:
        return None
    tasks = plane.handle(scope, "DescribeTasks", {"cluster": arn.split("/")[1], "tasks": [arn]})["tasks"]
    return tasks[0] if tasks else None
