from tests.sandbox import shop
from tests.sandbox.conftest import Sandbox


def test_an_alarm_of_cloudwatch_takes_a_deployment_back(sandbox: Sandbox) -> None:
    shop.site(sandbox, "shop/web:1")
    sandbox.step(shop.SETTLED)
    ecs, cloudwatch = sandbox.client("ecs"), sandbox.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="Shop",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    second = shop.register(sandbox, "web", "shop/web:2", port=8080)
    alarms = {"alarmNames": ["errors"], "enable": True, "rollback": True}
    ecs.update_service(cluster="shop", service="web", taskDefinition=second, deploymentConfiguration={"alarms": alarms})
    sandbox.step(60)
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="somebody says so")
    sandbox.step(shop.SETTLED)
    [service] = ecs.describe_services(cluster="shop", services=["web"])["services"]
    assert service["taskDefinition"] != second
    [newest, *_] = ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"]
    assert newest["status"] == "ROLLBACK_SUCCESSFUL"
