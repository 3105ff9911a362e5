"""Express services and the resources behind them."""

from typing import Any

from tests.sandbox.ecs.stage import ROLE, Json, Stage

ROLES = {"infrastructureRoleArn": ROLE, "executionRoleArn": ROLE}


def create(stage: Stage, **params: Any) -> Json:
    container = {"image": "nginx:1.27", "containerPort": 8080}
    answer = stage.call("CreateExpressGatewayService", serviceName="web", primaryContainer=container, **ROLES, **params)
    service: Json = answer["service"]
    return service


def test_an_express_service_expands_into_its_resources(stage: Stage) -> None:
    made = create(stage, scalingTarget={"minTaskCount": 2})
    stage.step(60)
    service = stage.service(cluster="default")
    assert (service["runningCount"], service["resourceManagementType"]) == (2, "ECS")
    [configuration] = made["activeConfigurations"]
    definition = stage.call("DescribeTaskDefinition", taskDefinition=configuration["taskDefinitionArn"])
    assert definition["taskDefinition"]["family"] == "default-web"
    assert definition["taskDefinition"]["containerDefinitions"][0]["portMappings"][0]["containerPort"] == 8080
    assert configuration["ingressPaths"] == [{"accessType": "PUBLIC", "endpoint": "http://ecs-express-web.example"}]
    assert stage.aws.ingress == {"ecs-express-web": "/ping"}
    assert stage.aws.scaled["web"]["maxTaskCount"] == 20


def test_lists_tell_services_that_ecs_manages_from_others(stage: Stage) -> None:
    arn = create(stage)["serviceArn"]
    stage.fargate_service(stage.register_fargate(), name="own", cluster="default")
    assert stage.call("ListServices", resourceManagementType="ECS")["serviceArns"] == [arn]
    assert len(stage.call("ListServices")["serviceArns"]) == 2


def test_a_change_of_the_container_is_deployed(stage: Stage) -> None:
    arn = create(stage)["serviceArn"]
    stage.step(60)
    changed = {"image": "nginx:1.28", "containerPort": 8080}
    answer = stage.call("UpdateExpressGatewayService", serviceArn=arn, primaryContainer=changed)
    assert answer["service"]["targetConfiguration"]["primaryContainer"] == changed
    stage.step(120)
    assert {task["containers"][0]["image"] for task in stage.tasks(cluster="default")} == {"nginx:1.28"}


def test_an_express_service_is_deleted_with_its_load_balancer(stage: Stage) -> None:
    arn = create(stage)["serviceArn"]
    stage.step(60)
    deleted = stage.call("DeleteExpressGatewayService", serviceArn=arn)["service"]
    assert deleted["status"] == {"statusCode": "DRAINING"}
    assert stage.aws.ingress == {}


def test_an_express_service_needs_its_roles_and_a_container(stage: Stage) -> None:
    stage.aws.missing_roles.add("arn:aws:iam::111111111111:role/gone")
    gone = {"infrastructureRoleArn": "arn:aws:iam::111111111111:role/gone"}
    assert "unable to assume" in stage.refused("CreateExpressGatewayService", **gone).message
    error = stage.refused("CreateExpressGatewayService", infrastructureRoleArn=ROLE)
    assert "primaryContainer" in error.message
    unknown = "arn:aws:ecs:eu-central-1:111111111111:service/default/none"
    assert stage.refused("DescribeExpressGatewayService", serviceArn=unknown).code == "ResourceNotFoundException"
