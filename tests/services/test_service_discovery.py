"""A Cloud Map service is made with a service, shown with its instances, and removed with it."""

from typing import Any

from django.test import Client

from ecsdash.access.models import User
from services.models import Namespace
from tests.services.simulated_services import IN_SERVICE, SimulatedServices, calls
from tests.services.test_service_create import SHOP

NAMESPACES = "/demo/eu-central-1/namespaces/"


def dns_namespace(stage: SimulatedServices) -> Namespace:
    vpc = stage.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    stage.client("servicediscovery").create_private_dns_namespace(Name="shop.internal", Vpc=vpc)
    stage.sweep("namespaces")
    return Namespace.objects.get()


def test_a_cloud_map_service_is_made_shown_and_removed(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    stage = service_stage
    namespace = dns_namespace(stage)
    wanted: dict[str, Any] = {"new_registry": "on", "registry_namespace": namespace.namespace_id, "registry_ttl": 20}
    data = stage.create_data(desired_count=1, **wanted)
    plan = stage.review("create_service", operator, data, **SHOP)
    assert calls(plan) == ["servicediscovery.create_service", "ecs.create_service"]
    assert plan.steps[0].params["DnsConfig"]["DnsRecords"] == [{"Type": "A", "TTL": 20}]
    operation = stage.do("create_service", operator, data, **SHOP)
    stage.sweep("namespaces")
    (entry,) = Namespace.objects.get().registries
    assert stage.service().description["serviceRegistries"] == [{"registryArn": entry["arn"]}]
    client.force_login(operator)
    assert namespace.get_absolute_url() in client.get(NAMESPACES).content.decode()
    page = client.get(namespace.get_absolute_url()).content.decode()
    assert "web-front.shop.internal" in page
    assert "A, TTL 20 s" in page
    (task,) = stage.client("ecs").list_tasks(cluster="shop")["taskArns"]
    assert task.rpartition("/")[2] in page
    again = stage.errors("create_service", operator, stage.create_data("web-front", **wanted), **SHOP)
    assert "The cluster already has a service of this name" in again["__all__"][0]

    undo = operation.plan.undo
    assert undo is not None
    stage.do(undo.action, operator, undo.data, **IN_SERVICE)
    assert stage.client("servicediscovery").list_services()["Services"] == []


def test_a_cloud_map_service_needs_a_namespace_of_dns_and_a_free_name(
    service_stage: SimulatedServices, operator: User
) -> None:
    stage = service_stage
    namespace = dns_namespace(stage)
    stage.client("servicediscovery").create_http_namespace(Name="calls")
    stage.client("servicediscovery").create_service(Name="web-front", NamespaceId=namespace.namespace_id)
    stage.sweep("namespaces")
    http = Namespace.objects.get(name="calls").namespace_id
    for key, field in ((namespace.namespace_id, "registry_name"), (http, "registry_namespace")):
        data = stage.create_data(new_registry="on", registry_namespace=key, registry_record="SRV")
        assert field in stage.errors("create_service", operator, data, **SHOP)
