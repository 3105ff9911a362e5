"""CloudFormation templates become documents: names and types of the API, functions resolved or asked for."""

import json
from typing import Any

import pytest

from ecsdash.aws import shapes
from services.documents.reading import Options, read

TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Image: {Type: String, Default: "demo/web:1"}
  Count: {Type: Number}
  Subnets: {Type: List<AWS::EC2::Subnet::Id>, Default: "subnet-1,subnet-2"}
Mappings:
  Sizes: {test: {Cpu: "256"}}
Resources:
  Role: {Type: AWS::IAM::Role}
  Definition:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: !Sub "${AWS::StackName}-web"
      Cpu: !FindInMap [Sizes, test, Cpu]
      TaskRoleArn: !GetAtt Role.Arn
      EphemeralStorage: {SizeInGiB: "30"}
      ContainerDefinitions:
        - Name: web
          Image: !Ref Image
          Memory: "512"
          Essential: "true"
          PortMappings: [{ContainerPort: "80"}]
          DockerLabels: {Some.Label: X}
          Environment:
            - {Name: A, Value: !ImportValue network}
            - {Name: B, Value: 1}
            - {Name: C, Value: !Join [":", [a, !Ref "AWS::Region"]]}
            - {Name: D, Value: !Sub ["${X}-${!Y}", {X: 1}]}
      Volumes:
        - Name: data
          EFSVolumeConfiguration: {FilesystemId: fs-1, AuthorizationConfig: {IAM: ENABLED}}
  Service:
    Type: AWS::ECS::Service
    Properties:
      ServiceName: web
      TaskDefinition: !Ref Definition
      DesiredCount: !Ref Count
      PlacementStrategies: [{Type: spread, Field: instanceId}]
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: !Ref Subnets, SecurityGroups: !Ref "AWS::NoValue"}}
      LaunchType: !If [Fargate, FARGATE, EC2]
"""


def contents(text: str, **options: Any) -> list[dict[str, Any]]:
    return [each.content for each in read(text, Options(**options)).documents]


def test_a_template_becomes_a_task_definition_and_a_service() -> None:
    definition, service = contents(TEMPLATE, region="eu-west-1", values={"Count": "3", "AWS::StackName": "shop"})
    assert definition == {
        "family": "shop-web",
        "cpu": "256",
        "taskRoleArn": "${Role.Arn}",
        "ephemeralStorage": {"sizeInGiB": 30},
        "containerDefinitions": [
            {
                "name": "web",
                "image": "demo/web:1",
                "memory": 512,
                "essential": True,
                "portMappings": [{"containerPort": 80}],
                "dockerLabels": {"Some.Label": "X"},
                "environment": [
                    {"name": "A", "value": "${ImportValue network}"},
                    {"name": "B", "value": "1"},
                    {"name": "C", "value": "a:eu-west-1"},
                    {"name": "D", "value": "1-${Y}"},
                ],
            }
        ],
        "volumes": [
            {
                "name": "data",
                "efsVolumeConfiguration": {"fileSystemId": "fs-1", "authorizationConfig": {"iam": "ENABLED"}},
            }
        ],
    }
    assert service == {
        "serviceName": "web",
        "taskDefinition": "shop-web",
        "desiredCount": 3,
        "placementStrategy": [{"type": "spread", "field": "instanceId"}],
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-2"]}},
        "launchType": "FARGATE",
    }
    assert shapes.validation_errors("ecs.register_task_definition", definition) == []
    assert shapes.validation_errors("ecs.create_service", service) == []


def test_parameters_and_functions_without_a_value_are_asked_for() -> None:
    asked = {each.name: each.default for each in read(TEMPLATE).placeholders}
    assert asked == {
        "Image": "demo/web:1",
        "Count": "",
        "Subnets": "subnet-1,subnet-2",
        "AWS::StackName": "",
        "Role.Arn": "",
        "ImportValue network": "",
        "AWS::Region": "",
        "Y": "",
    }


def test_what_was_decided_or_left_out_is_said() -> None:
    notes = {note.pointer: note.what for note in read(TEMPLATE).notes}
    assert notes == {
        "/Resources/Service/Properties/LaunchType": "The condition Fargate is not evaluated: its first value is used.",
        "/Resources": "Left out: AWS::IAM::Role.",
    }


def test_properties_that_ecs_does_not_have_are_kept_and_said() -> None:
    text = json.dumps({"ContainerDefinitions": [{"Name": "a", "Image": "b", "Colour": "red"}]})
    assert contents(text)[0]["containerDefinitions"] == [{"name": "a", "image": "b", "Colour": "red"}]
    assert read(text).notes[0].pointer == "/ContainerDefinitions/0/Colour"


def test_a_resource_alone_is_read() -> None:
    text = json.dumps({"Type": "AWS::ECS::Service", "Properties": {"ServiceName": "s", "DesiredCount": "1"}})
    assert contents(text) == [{"serviceName": "s", "desiredCount": 1}]


@pytest.mark.parametrize(
    "name",
    [{"Ref": "A"}, {"Fn::Sub": "${B}${B}"}, {"Fn::Join": ["", [{"Ref": "B"}, {"Ref": "B"}]]}],
    ids=["self", "sub", "join"],
)
def test_names_that_name_each_other_end(name: Any) -> None:
    kind = "AWS::ECS::TaskDefinition"
    resources = {each: {"Type": kind, "Properties": {"Family": name}} for each in "AB"}
    assert len(contents(json.dumps({"Resources": resources}))) == 2


def test_long_parameters_are_limited() -> None:
    parameters = {"P": {"Default": "x" * 100_000}}
    properties = {"Family": {"Fn::Sub": "${P}" * 1000}}
    text = json.dumps(
        {"Parameters": parameters, "Resources": {"A": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}}
    )
    assert read(text).notes[0].what == "The values of the placeholders make the document too long."
