"""Namespaces: who is in them, and their creation and deletion."""

from django.test import Client

from ecsdash.access.models import User
from services.models import Namespace
from tests.operations import drive
from tests.services.simulated_services import IN_SERVICE, SimulatedServices, titles
from tests.services.test_service_edit import CONNECT


def test_a_namespace_is_created_used_shown_and_deleted(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    stage, form = service_stage, {"namespace_name": "shop", "kind": "HTTP"}
    drive.succeed(stage.start("create_namespace", operator, form), stage.sandbox)
    stage.sweep("namespaces")
    row = Namespace.objects.get()
    assert (row.name, row.kind) == ("shop", "HTTP")
    assert stage.errors("create_namespace", operator, form) == {
        "namespace_name": ["A namespace of this name exists already. Enter another name."]
    }

    stage.steady_service(count=1)
    stage.register_with_port_name()
    stage.sweep("task_definitions")
    data = stage.edit_data(stage.service(), serviceConnectConfiguration=CONNECT, taskDefinition="web-front:2")
    stage.do("edit_service", operator, data, **IN_SERVICE)
    client.force_login(operator)
    page = client.get("/demo/eu-central-1/namespaces/").content.decode()
    assert "web:80" in page
    plan = stage.review("delete_namespace", operator, {}, namespace=row.namespace_id)
    assert titles(plan, "block") == ["web-front is in this namespace"]

    off = stage.edit_data(stage.service(), serviceConnectConfiguration={"enabled": False})
    stage.do("edit_service", operator, off, **IN_SERVICE)
    operation = stage.start("delete_namespace", operator, {}, namespace=row.namespace_id)
    drive.succeed(operation, stage.sandbox)
    stage.sweep("namespaces")
    assert not Namespace.objects.present().exists()


def test_a_dns_namespace_needs_its_vpc(service_stage: SimulatedServices, operator: User) -> None:
    service_stage.sweep("vpcs")
    found = service_stage.errors("create_namespace", operator, {"namespace_name": "shop.", "kind": "DNS_PRIVATE"})

    assert found == {
        "namespace_name": ["Use letters, digits, hyphens and dots, and end with a letter."],
        "vpc": ["Choose the VPC in which the names resolve."],
    }
    vpc = service_stage.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    data = {"namespace_name": "shop.internal", "kind": "DNS_PRIVATE", "vpc": vpc}
    plan = service_stage.review("create_namespace", operator, data)
    assert (plan.steps[0].call, plan.steps[0].params["Vpc"]) == ("servicediscovery.create_private_dns_namespace", vpc)
