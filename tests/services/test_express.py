"""Express services and gateways: what their page shows of the answers of ECS."""

from typing import Any

from django.test import Client
from django.urls import reverse

from ecsdash.access.models import User
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import upsert
from services.models import ExpressService, Gateway
from services.sync.express import express_record, gateway_record
from tests.users import REGION, make_account

SERVICE: dict[str, Any] = {
    "serviceArn": "arn:aws:ecs:eu-central-1:123456789012:service/shop/site",
    "serviceName": "site",
    "cluster": "arn:aws:ecs:eu-central-1:123456789012:cluster/shop",
    "status": {"statusCode": "ACTIVE"},
    "activeConfigurations": [{
        "cpu": "256", "memory": "512", "scalingTarget": {"minTaskCount": 0, "maxTaskCount": 20},
        "ingressPaths": [{"accessType": "PUBLIC", "endpoint": "https://si-1.ecs.eu-central-1.on.aws"}],
        "primaryContainer": {"image": "shop/site:1", "environment": [{"name": "PASSWORD", "value": "hunter2"}]},
        "taskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/site:1",
    }],
}  # fmt: skip
GATEWAY = {"gatewayArn": "arn:aws:ecs:eu-central-1:123456789012:gateway/front", "name": "front", "status": "ACTIVE",
           "accessType": "PUBLIC"}  # fmt: skip
BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/front/1"


def test_the_page_shows_them_with_the_resources_behind_them_and_no_values(
    db: None, viewer: User, outsider: User, client: Client
) -> None:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    scope = Scope(account, REGION)
    upsert(ExpressService, scope, [express_record(SERVICE)], "express_services")
    upsert(Gateway, scope, [gateway_record(GATEWAY, {"hostSharedAlb": [{"loadBalancerArn": BALANCER}]})], "gateways")
    address = reverse("services:express", kwargs=scope.url_kwargs())
    client.force_login(viewer)
    page = client.get(address).content.decode()
    for text in ("site", "https://si-1.ecs.eu-central-1.on.aws", "0 to 20", "site:1", "front", BALANCER):
        assert text in page
    assert "hunter2" not in page
    client.force_login(outsider)
    assert client.get(address).status_code == 404
