"""What every operation shares: paging, checked input, unknown operations, tags and account settings."""

from typing import Any

import pytest

from tests.sandbox.ecs.stage import Stage


def test_lists_come_in_pages_of_the_true_default_size(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register()
    for number in range(12):
        params = {"cluster": "shop", "serviceName": f"s{number}", "taskDefinition": definition, "desiredCount": 0}
        stage.call("CreateService", **params)
    first = stage.call("ListServices", cluster="shop")
    assert len(first["serviceArns"]) == 10
    rest = stage.call("ListServices", cluster="shop", nextToken=first["nextToken"])
    assert len(rest["serviceArns"]) == 2
    assert "nextToken" not in rest
    assert len(set(first["serviceArns"]) | set(rest["serviceArns"])) == 12
    assert len(stage.call("ListServices", cluster="shop", maxResults=100)["serviceArns"]) == 12


def test_a_page_survives_a_change_between_two_calls(stage: Stage) -> None:
    for name in "abcd":
        stage.cluster(name)
    first = stage.call("ListClusters", maxResults=2)
    stage.call("DeleteCluster", cluster="a")
    rest = stage.call("ListClusters", maxResults=2, nextToken=first["nextToken"])
    assert [arn[-1] for arn in rest["clusterArns"]] == ["c", "d"]


def test_a_made_up_token_and_a_page_too_large_are_refused(stage: Stage) -> None:
    assert stage.refused("ListClusters", nextToken="abc").code == "InvalidParameterException"
    assert stage.refused("ListClusters", maxResults=101).code == "InvalidParameterException"
    assert stage.refused("ListClusters", maxResults=0).code == "InvalidParameterException"


@pytest.mark.parametrize(
    ("operation", "params", "code", "words"),
    [
        ("DeleteCluster", {}, "InvalidParameterException", "cluster: should not be null"),
        ("DescribeServices", {"services": "web"}, "SerializationException", "services: str can not be converted"),
        ("ListTasks", {"maxResults": "ten"}, "SerializationException", "maxResults"),
        ("ListTasks", {"maxResults": True}, "SerializationException", "maxResults"),
        ("ListTasks", {"colour": "red"}, "InvalidParameterException", "colour: is not a member"),
        ("ListTasks", {"desiredStatus": "SLEEPING"}, "InvalidParameterException", "enum value set"),
        (
            "PutClusterCapacityProviders",
            {
                "cluster": "shop",
                "capacityProviders": [],
                "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 2000}],
            },
            "InvalidParameterException",
            "less than or equal to 1000",
        ),
    ],
)
def test_input_that_does_not_fit_the_model_is_refused(
    stage: Stage, operation: str, params: dict[str, Any], code: str, words: str
) -> None:
    error = stage.refused(operation, **params)
    assert (error.code, words in error.message) == (code, True), error.message


def test_an_unknown_operation_is_said_to_be_unknown(stage: Stage) -> None:
    assert stage.refused("MakeCoffee").code == "UnknownOperationException"


def test_answers_share_nothing_with_the_state(stage: Stage) -> None:
    cluster = stage.cluster(tags=[{"key": "team", "value": "web"}])
    cluster["settings"].clear()
    cluster["tags"][0]["value"] = "other"
    described = stage.call("DescribeClusters", clusters=["shop"], include=["TAGS", "SETTINGS"])["clusters"][0]
    assert described["tags"] == [{"key": "team", "value": "web"}]
    assert described["settings"]


def test_tags_are_added_replaced_and_removed_on_every_kind_of_resource(stage: Stage) -> None:
    cluster = stage.cluster()["clusterArn"]
    definition = stage.register_fargate()
    service = stage.fargate_service(definition)["serviceArn"]
    instance = stage.instance()
    stage.step(5)
    task = stage.tasks()[0]["taskArn"]
    for arn in (cluster, definition, service, instance, task):
        stage.call("TagResource", resourceArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
        stage.call("TagResource", resourceArn=arn, tags=[{"key": "a", "value": "3"}])
        stage.call("UntagResource", resourceArn=arn, tagKeys=["b"])
        assert stage.call("ListTagsForResource", resourceArn=arn)["tags"] == [{"key": "a", "value": "3"}]


def test_tags_have_rules(stage: Stage) -> None:
    arn = stage.cluster()["clusterArn"]
    reserved = [{"key": "aws:owner", "value": "me"}]
    assert "reserved prefix" in stage.refused("TagResource", resourceArn=arn, tags=reserved).message
    many = [{"key": f"k{number}", "value": ""} for number in range(50)]
    stage.call("TagResource", resourceArn=arn, tags=many)
    assert stage.refused("TagResource", resourceArn=arn, tags=[{"key": "one-more"}]).code == "InvalidParameterException"
    unknown = arn.replace("shop", "nowhere")
    assert stage.refused("ListTagsForResource", resourceArn=unknown).code == "InvalidParameterException"
    assert stage.refused("ListTagsForResource", resourceArn="shop").code == "InvalidParameterException"


def test_account_settings_go_from_default_to_own(stage: Stage) -> None:
    def effective() -> str:
        query = {"name": "containerInsights", "effectiveSettings": True}
        return str(stage.call("ListAccountSettings", **query)["settings"][0]["value"])

    assert effective() == "disabled"
    stage.call("PutAccountSettingDefault", name="containerInsights", value="enabled")
    assert effective() == "enabled"
    stage.call("PutAccountSetting", name="containerInsights", value="enhanced")
    assert effective() == "enhanced"
    stage.call("DeleteAccountSetting", name="containerInsights")
    assert effective() == "enabled"
    wrong = stage.refused("PutAccountSetting", name="containerInsights", value="maybe")
    assert wrong.code == "InvalidParameterException"
