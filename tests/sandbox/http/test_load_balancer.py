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


def test_a_network_load_balancer_passes_requests_on(sandbox: Sandbox) -> None:
    elb, ecs = sandbox.client("elbv2"), sandbox.client("ecs")
    ecs.create_cluster(clusterName="shop")
    subnets = aws.subnets(sandbox)[:2]
    [balancer] = elb.create_load_balancer(Name="shop", Subnets=subnets, Type="network")["LoadBalancers"]
    assert ":loadbalancer/net/shop/" in balancer["LoadBalancerArn"]
    vpc = balancer["VpcId"]
    [group] = elb.create_target_group(Name="web", Protocol="TCP", Port=80, VpcId=vpc, TargetType="ip")["TargetGroups"]
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="TCP",
        Port=80,
        DefaultActions=[aws.forward(group["TargetGroupArn"])],
    )
    shop.register(sandbox, "web", "shop/web:1", port=8080)
    target = {"targetGroupArn": group["TargetGroupArn"], "containerName": "web", "containerPort": 8080}
    shop.service(sandbox, "web", loadBalancers=[target])
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 200


def test_the_volume_of_a_task_appears_in_ec2_and_is_deleted_with_it(sandbox: Sandbox) -> None:
    ec2, ecs = sandbox.client("ec2"), sandbox.client("ecs")
    ecs.create_cluster(clusterName="shop")
    sandbox.client("iam").create_role(RoleName="ecsInfrastructureRole", AssumeRolePolicyDocument="{}")
    ecs.register_task_definition(
        family="data",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        volumes=[{"name": "disk", "configuredAtLaunch": True}],
        containerDefinitions=[
            {"name": "data", "image": "data:1", "mountPoints": [{"sourceVolume": "disk", "containerPath": "/disk"}]}
        ],
    )
    disk = {"sizeInGiB": 30, "roleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole"}
    volumes = [{"name": "disk", "managedEBSVolume": disk}]
    mine = [{"Name": "tag:AmazonECSManaged", "Values": ["true"]}]
    shop.service(sandbox, "data", volumeConfigurations=volumes)
    sandbox.step(60)
    [volume] = ec2.describe_volumes(Filters=mine)["Volumes"]
    assert (volume["Size"], volume["VolumeType"], volume["State"]) == (30, "gp3", "in-use")
    ecs.delete_service(cluster="shop", service="data", force=True)
    sandbox.step(120)
    assert ec2.describe_volumes(Filters=mine)["Volumes"] == []
