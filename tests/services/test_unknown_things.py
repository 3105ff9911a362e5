"""What a service names and does not exist is refused in its form, at its place, before anything is confirmed."""

import io
import json
import zipfile
from typing import Any, Protocol

from django.test import Client

from ecsdash.access.models import User
from services.models import Alarm, Function
from tests.services.simulated_services import IN_SERVICE, LOAD_BALANCING_NOUNS, SimulatedServices
from tests.services.test_service_create import SHOP

LB = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
MISSING = "does not exist in demo / eu-central-1, or you may not use this"
NOUNS = (*LOAD_BALANCING_NOUNS, "namespaces", "functions", "alarms", "roles")


class HasClients(Protocol):
    def client(self, service: str, /) -> Any: ...


def function(stage: HasClients, name: str = "check") -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = stage.client("iam").create_role(
        RoleName="hooks", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): pass")
    made = stage.client("lambda").create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="main.handler", Code={"ZipFile": content.getvalue()}
    )
    return str(made["FunctionArn"])


def hooked(target: str, **more: Any) -> dict[str, Any]:
    hook = {
        "hookTargetArn": target,
        "roleArn": "arn:aws:iam::123456789012:role/hooks",
        "lifecycleStages": ["POST_SCALE_UP"],
    }
    return {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0, "lifecycleHooks": [hook], **more}


def test_each_unknown_thing_is_refused_at_its_place(service_stage: SimulatedServices, operator: User) -> None:
    stage = service_stage
    stage.sweep(*NOUNS)
    group = {"targetGroupArn": f"{LB}:targetgroup/gone/1", "containerName": "web", "containerPort": 80}
    rule = f"{LB}:listener-rule/app/gone/1/2/3"
    advanced = {
        "alternateTargetGroupArn": f"{LB}:targetgroup/gone/2",
        "productionListenerRule": rule,
        "roleArn": "arn:aws:iam::123456789012:role/hooks",
    }
    unknown = "arn:aws:lambda:eu-central-1:123456789012:function:gone"
    members = {
        "loadBalancers": [{**group, "advancedConfiguration": advanced}],
        "serviceRegistries": [{"registryArn": "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-gone"}],
        "serviceConnectConfiguration": {"enabled": True, "namespace": "gone"},
        "deploymentConfiguration": hooked(unknown, alarms={"alarmNames": ["gone"], "enable": True, "rollback": True}),
    }
    found = stage.errors("create_service", operator, stage.create_data(members=members), **SHOP)["__all__"]

    refused = [text for text in found if MISSING in text]
    for place in (
        "alarm names: gone", "hook target", "configuration > namespace: gone", "registry arn", "alternate target group",
        "production listener rule", "target group web > target group arn",
    ):  # fmt: skip
        assert [place in text.lower() for text in refused].count(True) == 1, (place, refused)
    assert len(refused) == 7


def test_functions_and_alarms_are_offered_and_what_was_there_may_stay(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    stage, arn = service_stage, function(service_stage)
    stage.client("cloudwatch").put_metric_alarm(
        AlarmName="errors", Namespace="Shop", MetricName="Errors", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    operator.grants.update(pass_roles=["hooks"])
    stage.sweep(*NOUNS)
    assert (Function.objects.get().arn, Alarm.objects.get().name) == (arn, "errors")
    alarms = {"alarmNames": ["errors"], "enable": True, "rollback": True}
    members = {"deploymentConfiguration": hooked(f"{arn}:live", alarms=alarms)}
    stage.do("create_service", operator, stage.create_data(desired_count=1, members=members), **SHOP)

    client.force_login(operator)
    page = client.get("/demo/eu-central-1/services/shop/web-front/edit/").content.decode()
    assert f'<option value="{arn}">' in page
    tab = client.get("/demo/eu-central-1/services/shop/web-front/configuration/").content.decode()
    for words in ("Blue/green: all traffic at once", "hook 1", "errors", "edit/#%23deployments"):
        assert words in tab
    stage.client("lambda").delete_function(FunctionName="check")
    stage.sweep("functions")
    stage.review("edit_service", operator, stage.edit_data(stage.service(), desiredCount=2), **IN_SERVICE)
