"""The page of an ended operation offers what its user probably does next."""

import html
import re

from django.test import Client

from ecsdash.access.models import User
from ecsdash.operations.models import Operation
from tests.clusters.world import World
from tests.operations import drive
from tests.services.definitions import form_data
from tests.services.simulated_services import SimulatedServices
from tests.services.simulated_tasks import SimulatedTasks
from tests.services.test_task_definition_actions import definition

LINK = re.compile(r'<a class="btn btn-primary" href="([^"]*)">([^<]*)</a>')


def offered(client: Client, user: User, operation: Operation) -> dict[str, str]:
    """Return the addresses by label."""
    client.force_login(user)
    page = client.get(f"/operations/{operation.pk}/").content.decode()
    return {label: html.unescape(address) for address, label in LINK.findall(page)}


def registered(stage: SimulatedTasks, user: User, family: str) -> Operation:
    data = dict(form_data(definition(family=family)).lists())
    operation = drive.start("register_task_definition", user, stage.scope, stage.place(), data)
    drive.succeed(operation, stage.sandbox)
    stage.sweep("task_definitions")
    return operation


def test_a_revision_of_a_service_is_deployed_to_it_with_one_click(
    empty_service_stage: SimulatedServices, operator: User, viewer: User, client: Client
) -> None:
    empty_service_stage.build_steady()
    operation = registered(empty_service_stage, operator, "web-front")
    revision = operation.outputs[0]["value"].rpartition("/")[2]
    (link,) = offered(client, operator, operation).items()
    assert link[0] == "Deploy it to web-front"
    assert client.get(link[1]).context["form"]["revision"].value() == revision
    assert offered(client, viewer, operation) == {}


def test_a_revision_that_nothing_uses_is_first_used(stage: SimulatedTasks, operator: User, client: Client) -> None:
    links = offered(client, operator, registered(stage, operator, "site"))
    assert list(links) == ["Create a service", "Run a task"]
    assert "site:1" in client.get(links["Run a task"]).content.decode()
    assert "task_definition=site%3A1" in client.get(links["Create a service"]).content.decode()


def test_a_new_cluster_offers_a_service_and_a_task(world: World, operator: User, client: Client) -> None:
    operation = world.run("create_cluster", operator, world.cluster_data(name="media"))
    world.sweep("clusters")
    links = offered(client, operator, operation)
    assert list(links) == ["Create a service", "Run a task"]
    assert all(client.get(address).status_code == 200 for address in links.values())
