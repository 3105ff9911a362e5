"""The page of the container behind a load balancer."""

from typing import Any

from ecsdash.sandbox.ecs import EcsControlPlane
from ecsdash.sandbox.http import pages
from ecsdash.sandbox.http.connections import Client, images_reached
from ecsdash.sandbox.http.messages import Response
from ecsdash.sandbox.moto.adapters import MotoAdapters
from ecsdash.sandbox.moto.models.load_balancing import Target
from ecsdash.sandbox.scope import Scope

_OWN_HOSTS = {"", "localhost", "127.0.0.1"}
_DATABASES = ("mysql", "mariadb", "percona")
_MYSQL_PORT = 3306


def page(plane: EcsControlPlane, aws: MotoAdapters, scope: Scope, behind: dict[str, Any], target: Target) -> Response:
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
        return _wordpress(plane, aws, scope, behind, facts)
    return pages.page(200, facts["Service"] or "It works", ["This container is running."], facts)


def repository(image: str) -> str:
    """`registry/team/wordpress:6.5@sha256:..` -> `wordpress`"""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _wordpress(
    plane: EcsControlPlane, aws: MotoAdapters, scope: Scope, behind: dict[str, Any], facts: dict[str, str]
) -> Response:
    facts |= _shared(behind)
    if not _reaches_database(plane, aws, scope, behind):
        return pages.page(
            500,
            "Error establishing a database connection",
            ["WordPress cannot reach a database at the host in WORDPRESS_DB_HOST."],
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
    """Return where its files and keys come from: tasks that name the same ones are one site."""
    volume = behind["volumes"].get(behind["mounts"].get("/var/www/html/wp-content", ""), {})
    secret = behind["secrets"].get("WORDPRESS_AUTH_KEY", "")
    files = " ".join((volume.get("fileSystemId", ""), volume.get("authorizationConfig", {}).get("accessPointId", "")))
    return {"wp-content": files.strip() or "in this task only", "Keys": secret or "of this task only"}


def _reaches_database(plane: EcsControlPlane, aws: MotoAdapters, scope: Scope, behind: dict[str, Any]) -> bool:
    """A database in the same task, or one that runs at the host and accepts the connection."""
    host, _, given = behind["environment"].get("WORDPRESS_DB_HOST", "mysql").partition(":")
    port = int(given) if given.isdigit() else _MYSQL_PORT
    client = Client(scope, behind["address"], behind["interface"], behind["namespace"])
    if any(_is_database(image) for image in images_reached(plane, aws, client, host, port)):
        return True
    tasks = plane.handle(scope, "DescribeTasks", {"cluster": behind["cluster"], "tasks": [behind["task"]]})["tasks"]
    containers = [each for task in tasks for each in task["containers"] if each["lastStatus"] == "RUNNING"]
    beside = {each["name"] for each in containers if _is_database(each["image"])}
    return bool(beside) and (host in _OWN_HOSTS or host in beside)


def _is_database(image: str) -> bool:
    return any(name in repository(image) for name in _DATABASES)
