from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox import aws, shop
from tests.sandbox.conftest import REGION, Sandbox

SHOP = "shop.elb.localhost"


def test_an_address_that_nobody_has_is_not_found(sandbox: Sandbox) -> None:
    status, _, _ = sandbox.get("nobody.elb.localhost")
    assert status == 404


def test_a_page_names_what_answered_it(sandbox: Sandbox) -> None:
    shop.site(sandbox, "shop/web:5.1.0")
    assert sandbox.get(SHOP)[0] == 503
    sandbox.step(shop.SETTLED)
    status, page, _ = sandbox.get(f"{SHOP}:{sandbox.world.server.server_port}")
    [task] = shop.tasks(sandbox, "web")
    assert status == 200
    for fact in ("web", task["taskArn"].rpartition("/")[2], "shop/web:5.1.0", task["availabilityZone"]):
        assert fact in page, fact


def test_there_is_no_page_without_a_healthy_target(sandbox: Sandbox) -> None:
    shop.site(sandbox, "shop/web:unhealthy")
    sandbox.step(60)
    assert sandbox.get(SHOP)[0] == 503


def test_the_page_is_gone_when_the_service_is_scaled_to_nothing(sandbox: Sandbox) -> None:
    shop.site(sandbox, "shop/web:1")
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 200
    sandbox.client("ecs").update_service(cluster="shop", service="web", desiredCount=0)
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 503


def test_healthy_targets_take_turns(sandbox: Sandbox) -> None:
    shop.site(sandbox, "shop/web:1")
    sandbox.client("ecs").update_service(cluster="shop", service="web", desiredCount=2)
    sandbox.step(shop.SETTLED)
    ids = {task["taskArn"].rpartition("/")[2] for task in shop.tasks(sandbox, "web")}
    pages = [sandbox.get(SHOP)[1] for _ in range(4)]
    assert len(ids) == 2
    assert [sum(task_id in page for page in pages) for task_id in ids] == [2, 2]


def test_what_a_stranger_named_is_shown_as_text(sandbox: Sandbox) -> None:
    group = aws.target_group(sandbox)
    aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], aws.forward(group))
    hostile = "<script>alert(1)</script>"
    sandbox.client("elbv2").register_targets(TargetGroupArn=group, Targets=[{"Id": hostile, "Port": 80}])
    sandbox.step(30)
    status, page, headers = sandbox.get(SHOP)
    assert status == 200
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "<script" not in sandbox.get("<script>.elb.localhost")[1]


def test_a_listener_may_answer_by_itself(sandbox: Sandbox) -> None:
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "418", "MessageBody": "teapot"}}
    aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], fixed)
    sandbox.step(6)
    status, body, _ = sandbox.get(SHOP)
    assert (status, body) == (418, "teapot")


def test_a_listener_may_send_elsewhere(sandbox: Sandbox) -> None:
    config = {"Host": "example.org", "Path": "/new/#{path}", "StatusCode": "HTTP_301"}
    aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], {"Type": "redirect", "RedirectConfig": config})
    sandbox.step(6)
    status, _, headers = sandbox.get(SHOP, "/old?page=2")
    assert status == 301
    assert headers["Location"].startswith("http://example.org:")
    assert headers["Location"].endswith("/new/old?page=2")


def test_a_rule_for_a_path_comes_before_the_default(sandbox: Sandbox) -> None:
    def fixed(text: str) -> dict[str, Any]:
        return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": text}}

    arn = aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], fixed("default"))
    conditions = [{"Field": "path-pattern", "Values": ["/admin/*"]}]
    sandbox.client("elbv2").create_rule(
        ListenerArn=arn, Priority=10, Conditions=conditions, Actions=[fixed("administration")]
    )
    sandbox.step(6)
    assert sandbox.get(SHOP, "/admin/users")[1] == "administration"
    assert sandbox.get(SHOP, "/")[1] == "default"


def fixed(text: str) -> dict[str, Any]:
    return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": text}}


def test_a_rule_may_ask_for_a_host_and_a_path(sandbox: Sandbox) -> None:
    arn = aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], fixed("default"))
    conditions = [
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.shop.elb.localhost"]}},
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/v1/*", "/v2/*"]}},
    ]
    sandbox.client("elbv2").create_rule(ListenerArn=arn, Priority=10, Conditions=conditions, Actions=[fixed("api")])
    sandbox.step(6)
    assert sandbox.get(f"api.{SHOP}", "/v2/users")[1] == "api"
    assert sandbox.get(f"api.{SHOP}", "/v3/users")[1] == "default"
    assert sandbox.get(SHOP, "/v2/users")[1] == "default"


def test_a_priority_is_given_once(sandbox: Sandbox) -> None:
    arn = aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], fixed("default"))
    rule = {"ListenerArn": arn, "Priority": 10, "Actions": [fixed("api")]}
    rule["Conditions"] = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/v1/*"]}}]
    sandbox.client("elbv2").create_rule(**rule)
    with pytest.raises(ClientError, match="PriorityInUse"):
        sandbox.client("elbv2").create_rule(**rule)


def test_https_is_answered_by_its_own_listener_and_http_sent_there(sandbox: Sandbox) -> None:
    elb, acm = sandbox.client("elbv2"), sandbox.client("acm")
    arn = aws.load_balancer(sandbox)["LoadBalancerArn"]
    certificate = acm.request_certificate(DomainName="shop.example")["CertificateArn"]
    elb.create_listener(
        LoadBalancerArn=arn, Protocol="HTTPS", Port=443, Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[fixed("encrypted")],
    )  # fmt: skip
    onwards = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    aws.listener(sandbox, arn, {"Type": "redirect", "RedirectConfig": onwards})
    sandbox.step(6)
    host = f"{SHOP}:{sandbox.world.server.server_port}"
    assert sandbox.get(host, tls=True)[1] == "encrypted"
    status, _, headers = sandbox.get(host, "/cart?page=2")
    assert (status, headers["Location"]) == (301, f"https://{host}/cart?page=2")


def test_a_certificate_is_issued_where_somebody_can_own_the_name(sandbox: Sandbox) -> None:
    acm = sandbox.client("acm")
    for name in ("shop.example", "shop.invalid"):
        acm.request_certificate(DomainName=name)
    found = acm.list_certificates(Includes={"keyTypes": ["RSA_2048"]})["CertificateSummaryList"]
    assert {each["DomainName"]: each["Status"] for each in found} == {
        "shop.example": "ISSUED", "shop.invalid": "PENDING_VALIDATION",
    }  # fmt: skip


def wordpress(sandbox: Sandbox, host: str) -> None:
    shop.site(sandbox, "wordpress:6.6", environment=[{"name": "WORDPRESS_DB_HOST", "value": host}])


def test_wordpress_says_when_it_finds_no_database(sandbox: Sandbox) -> None:
    wordpress(sandbox, "mysql.shop.local")
    sandbox.step(shop.SETTLED)
    status, page, _ = sandbox.get(SHOP)
    assert status == 500
    assert "Error establishing a database connection" in page


def test_wordpress_welcomes_once_cloud_map_knows_its_database(sandbox: Sandbox) -> None:
    cloud_map = sandbox.client("servicediscovery")
    vpc = sandbox.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    cloud_map.create_private_dns_namespace(Name="shop.local", Vpc=vpc)
    namespace = cloud_map.list_namespaces()["Namespaces"][0]["Id"]
    records = {"DnsRecords": [{"Type": "A", "TTL": 10}]}
    registry = cloud_map.create_service(Name="mysql", NamespaceId=namespace, DnsConfig=records)["Service"]
    wordpress(sandbox, "mysql.shop.local:3306")
    shop.register(sandbox, "mysql", "mysql:8", port=3306)
    shop.service(sandbox, "mysql", serviceRegistries=[{"registryArn": registry["Arn"]}])
    sandbox.step(shop.SETTLED)
    status, page, _ = sandbox.get(SHOP)
    assert status == 200
    assert "WordPress installation" in page
    [instance] = cloud_map.list_instances(ServiceId=registry["Id"])["Instances"]
    assert instance["Attributes"]["AWS_INSTANCE_IPV4"].startswith("172.31.")


def test_wordpress_welcomes_once_service_connect_knows_its_database(sandbox: Sandbox) -> None:
    sandbox.client("servicediscovery").create_http_namespace(Name="shop")
    wordpress(sandbox, "mysql:3306")
    shop.register(sandbox, "mysql", "mysql:8", port=3306)
    aliases = [{"port": 3306, "dnsName": "mysql"}]
    connect = {"enabled": True, "namespace": "shop", "services": [{"portName": "mysql", "clientAliases": aliases}]}
    shop.service(sandbox, "mysql", serviceConnectConfiguration=connect)
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 200
    sandbox.client("ecs").update_service(cluster="shop", service="mysql", desiredCount=0)
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 500


def database(sandbox: Sandbox, **placement: Any) -> str:
    """Run a MySQL task and return its private address."""
    shop.register(sandbox, "mysql", "mysql:8", port=3306)
    network = {"subnets": aws.subnets(sandbox)[:1], **placement}
    [task] = sandbox.client("ecs").run_task(
        cluster="shop",
        taskDefinition="mysql",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    sandbox.step(60)
    [task] = sandbox.client("ecs").describe_tasks(cluster="shop", tasks=[task["taskArn"]])["tasks"]
    return str(task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"])


@pytest.mark.parametrize(
    ("spelling", "status"),
    [
        ("{}", 200),
        ("{}:3306", 200),
        ("ip-{dashed}.eu-central-1.compute.internal", 200),
        ("{}:5432", 500),
        ("172.31.9.9", 500),
    ],
)
def test_wordpress_reaches_its_database_by_a_private_address(sandbox: Sandbox, spelling: str, status: int) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    address = database(sandbox)
    wordpress(sandbox, spelling.format(address, dashed=address.replace(".", "-")))
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == status


def test_a_stopped_database_does_not_answer_at_its_address(sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    wordpress(sandbox, database(sandbox))
    [arn] = sandbox.client("ecs").list_tasks(cluster="shop", family="mysql")["taskArns"]
    sandbox.client("ecs").stop_task(cluster="shop", task=arn)
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 500


def test_a_security_group_decides_who_reaches_the_database(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2")
    sandbox.client("ecs").create_cluster(clusterName="shop")
    closed = ec2.create_security_group(GroupName="mysql", Description="closed")["GroupId"]
    wordpress(sandbox, database(sandbox, securityGroups=[closed]))
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 500
    [default] = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 3306,
        "ToPort": 3306,
        "UserIdGroupPairs": [{"GroupId": default["GroupId"]}],
    }
    ec2.authorize_security_group_ingress(GroupId=closed, IpPermissions=[permission])
    assert sandbox.get(SHOP)[0] == 200
    ec2.revoke_security_group_ingress(GroupId=closed, IpPermissions=[permission])
    assert sandbox.get(SHOP)[0] == 500
    ranges = [{"CidrIp": "172.31.0.0/16"}]
    ec2.authorize_security_group_ingress(
        GroupId=closed, IpPermissions=[permission | {"UserIdGroupPairs": [], "IpRanges": ranges}]
    )
    assert sandbox.get(SHOP)[0] == 200


def test_a_task_that_has_stopped_does_not_answer_for_its_old_address(sandbox: Sandbox) -> None:
    vpc = sandbox.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    small = sandbox.client("ec2").create_subnet(VpcId=vpc, CidrBlock="172.31.250.0/28", AvailabilityZone=f"{REGION}a")
    wordpress(sandbox, "localhost")
    ecs = sandbox.client("ecs")
    network = {"awsvpcConfiguration": {"subnets": [small["Subnet"]["SubnetId"]]}}
    for image in ("wordpress:6.6", "shop/web:1", "shop/web:2") * 4:  # more tasks than addresses
        shop.register(sandbox, "web", image, port=8080)
        ecs.update_service(
            cluster="shop", service="web", taskDefinition="web", networkConfiguration=network, forceNewDeployment=True
        )
        sandbox.step(shop.SETTLED)
    [task] = shop.tasks(sandbox, "web")
    page = sandbox.get(SHOP)[1]
    assert task["taskArn"].rpartition("/")[2] in page


def test_the_logs_of_a_running_task_can_be_read_and_searched(sandbox: Sandbox) -> None:
    shop.site(sandbox, "shop/web:1")
    sandbox.step(shop.SETTLED)
    logs = sandbox.client("logs", REGION)
    [task] = shop.tasks(sandbox, "web")
    stream = f"ecs/web/{task['taskArn'].rpartition('/')[2]}"
    events = logs.get_log_events(logGroupName="/ecs/web", logStreamName=stream, startFromHead=True)["events"]
    now = sandbox.world.clock.now() * 1000
    assert len(events) > 3
    assert all(now - 3_600_000 < event["timestamp"] <= now for event in events)
    found = logs.filter_log_events(logGroupName="/ecs/web", logStreamNamePrefix="ecs/web")["events"]
    assert {event["message"] for event in events} <= {event["message"] for event in found}


def test_a_service_reports_its_use_of_cpu_and_memory(sandbox: Sandbox) -> None:
    shop.site(sandbox, "shop/web:1")
    sandbox.step(shop.SETTLED)
    dimensions = [{"Name": "ClusterName", "Value": "shop"}, {"Name": "ServiceName", "Value": "web"}]
    queries = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {"Namespace": "AWS/ECS", "MetricName": name, "Dimensions": dimensions},
                "Period": 60,
                "Stat": "Average",
            },
        }
        for number, name in enumerate(("CPUUtilization", "MemoryUtilization"))
    ]
    now = sandbox.world.clock.now()
    answer = sandbox.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries,
        StartTime=datetime.fromtimestamp(now - 600, UTC),
        EndTime=datetime.fromtimestamp(now + 60, UTC),
    )
    for result in answer["MetricDataResults"]:
        assert result["Values"], result["Label"]
        assert all(0 < value <= 100 for value in result["Values"])
