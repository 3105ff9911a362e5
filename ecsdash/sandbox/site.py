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
    facts |= _shared(behind)
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


def _shared(behind: dict[str, Any]) -> dict[str, str]:
    """Where its files and its keys come from: tasks that name the same ones are one site."""
    volume = behind["volumes"].get(behind["mounts"].get("/var/www/html/wp-content", ""), {})
    secret = behind["secrets"].get("WORDPRESS_AUTH_KEY", "")
    files = " ".join((volume.get("fileSystemId", ""), volume.get("authorizationConfig", {}).get("accessPointId", "")))
    return {"wp-content": files.strip() or "in this task only", "Keys": secret or "of this task only"}


def _finds_database(plane: EcsControlPlane, links: MotoLinks, scope: Scope, behind: dict[str, Any]) -> bool:
    """A database beside it in the same task, or a name that leads to a running task."""
    host = behind["environment"].get("WORDPRESS_DB_HOST", "mysql").partition(":")[0]
    if links.addresses(scope, host):
        return True
    tasks = plane.handle(scope, "DescribeTasks", {"cluster": behind["cluster"], "tasks": [behind["task"]]})["tasks"]
    containers = [each for task in tasks for each in task["containers"] if each["lastStatus"] == "RUNNING"]
    beside = {each["name"] for each in containers if repository(each["image"]) in _DATABASES}
    return bool(beside) and (host in _OWN_HOSTS or host in beside)
