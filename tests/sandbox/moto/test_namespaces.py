"""Cloud Map namespaces, as clusters and Service Connect use them."""

import pytest
from botocore.exceptions import ClientError

from tests.sandbox import shop
from tests.sandbox.conftest import Sandbox


def test_a_cluster_creates_the_namespace_that_it_names(sandbox: Sandbox) -> None:
    ecs, cloud_map = sandbox.client("ecs"), sandbox.client("servicediscovery")
    made = ecs.create_cluster(clusterName="shop", serviceConnectDefaults={"namespace": "shop"})["cluster"]
    [namespace] = cloud_map.list_namespaces()["Namespaces"]
    assert (namespace["Name"], namespace["Type"]) == ("shop", "HTTP")
    assert made["serviceConnectDefaults"] == {"namespace": namespace["Arn"]}


def test_a_namespace_is_deleted_once_nothing_is_in_it(sandbox: Sandbox) -> None:
    ecs, cloud_map = sandbox.client("ecs"), sandbox.client("servicediscovery")
    ecs.create_cluster(clusterName="shop", serviceConnectDefaults={"namespace": "shop"})
    [namespace] = cloud_map.list_namespaces()["Namespaces"]
    shop.register(sandbox, "web", "shop/web:1", port=8080)
    shop.service(sandbox, "web", serviceConnectConfiguration={"enabled": True})
    with pytest.raises(ClientError, match="ResourceInUse"):
        cloud_map.delete_namespace(Id=namespace["Id"])
    ecs.delete_service(cluster="shop", service="web", force=True)
    sandbox.step(60)
    inside = cloud_map.create_service(Name="db", NamespaceId=namespace["Id"])["Service"]
    with pytest.raises(ClientError, match="ResourceInUse"):
        cloud_map.delete_namespace(Id=namespace["Id"])
    cloud_map.delete_service(Id=inside["Id"])
    cloud_map.delete_namespace(Id=namespace["Id"])
    assert cloud_map.list_namespaces()["Namespaces"] == []
