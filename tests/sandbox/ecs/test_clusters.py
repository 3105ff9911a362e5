from ecsdash.sandbox.scope import Scope
from tests.sandbox.ecs.fake_aws import SCALING_GROUP
from tests.sandbox.ecs.stage import HERE, Stage


def test_a_new_cluster_is_active_and_empty(stage: Stage) -> None:
    cluster = stage.cluster()
    assert cluster["clusterArn"] == "arn:aws:ecs:eu-central-1:111111111111:cluster/shop"
    assert cluster["status"] == "ACTIVE"
    assert cluster["runningTasksCount"] == cluster["activeServicesCount"] == 0


def test_the_cluster_without_a_name_is_called_default(stage: Stage) -> None:
    assert stage.call("CreateCluster")["cluster"]["clusterName"] == "default"
    assert stage.call("DescribeClusters")["clusters"][0]["clusterName"] == "default"


def test_creating_a_cluster_again_answers_the_one_that_exists(stage: Stage) -> None:
    first = stage.cluster(tags=[{"key": "team", "value": "web"}])
    again = stage.cluster()
    assert again["tags"] == first["tags"]
    assert len(stage.call("ListClusters")["clusterArns"]) == 1


def test_a_bad_cluster_name_is_refused(stage: Stage) -> None:
    assert stage.refused("CreateCluster", clusterName="a shop").code == "InvalidParameterException"


def test_tags_settings_and_statistics_are_told_only_when_asked_for(stage: Stage) -> None:
    stage.cluster(tags=[{"key": "team", "value": "web"}], settings=[{"name": "containerInsights", "value": "enabled"}])
    plain = stage.call("DescribeClusters", clusters=["shop"])["clusters"][0]
    assert (plain["tags"], plain["settings"], plain["statistics"]) == ([], [], [])
    full = stage.call("DescribeClusters", clusters=["shop"], include=["TAGS", "SETTINGS", "STATISTICS"])["clusters"][0]
    assert full["tags"] == [{"key": "team", "value": "web"}]
    assert full["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    assert {"name": "runningFargateTasksCount", "value": "0"} in full["statistics"]


def test_an_unknown_cluster_is_a_failure_in_a_description_and_an_error_elsewhere(stage: Stage) -> None:
    answer = stage.call("DescribeClusters", clusters=["nowhere"])
    assert answer["failures"] == [{"arn": "arn:aws:ecs:eu-central-1:111111111111:cluster/nowhere", "reason": "MISSING"}]
    error = stage.refused("ListServices", cluster="nowhere")
    assert (error.code, error.message) == ("ClusterNotFoundException", "Cluster not found.")


def test_a_deleted_cluster_is_inactive_and_takes_nothing_more(stage: Stage) -> None:
    stage.cluster()
    assert stage.call("DeleteCluster", cluster="shop")["cluster"]["status"] == "INACTIVE"
    assert stage.call("ListClusters")["clusterArns"] == []
    assert stage.refused("ListTasks", cluster="shop").message == "The referenced cluster was inactive."
    assert stage.cluster()["status"] == "ACTIVE"


def test_a_cluster_is_not_deleted_while_something_is_in_it(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register()
    instance = stage.instance()
    assert stage.refused("DeleteCluster", cluster="shop").code == "ClusterContainsContainerInstancesException"
    stage.call("DeregisterContainerInstance", cluster="shop", containerInstance=instance)
    stage.call("CreateService", cluster="shop", serviceName="web", taskDefinition=definition, desiredCount=0)
    assert stage.refused("DeleteCluster", cluster="shop").code == "ClusterContainsServicesException"
    stage.call("DeleteService", cluster="shop", service="web")
    stage.step(5)
    network = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    fargate = stage.register_fargate()
    stage.call("RunTask", cluster="shop", taskDefinition=fargate, launchType="FARGATE", networkConfiguration=network)
    assert stage.refused("DeleteCluster", cluster="shop").code == "ClusterContainsTasksException"


def test_settings_change_with_update_cluster_settings(stage: Stage) -> None:
    stage.cluster()
    enabled = [{"name": "containerInsights", "value": "enhanced"}]
    assert stage.call("UpdateClusterSettings", cluster="shop", settings=enabled)["cluster"]["settings"] == enabled
    wrong = [{"name": "containerInsights", "value": "maybe"}]
    assert stage.refused("UpdateClusterSettings", cluster="shop", settings=wrong).code == "InvalidParameterException"


def test_a_cluster_with_an_auto_scaling_provider_is_busy_while_it_is_attached(stage: Stage) -> None:
    stage.cluster()
    stage.call("CreateCapacityProvider", name="fleet", autoScalingGroupProvider={"autoScalingGroupArn": SCALING_GROUP})
    change = {"cluster": "shop", "capacityProviders": ["fleet"], "defaultCapacityProviderStrategy": []}
    answer = stage.call("PutClusterCapacityProviders", **change)
    assert answer["cluster"]["attachmentsStatus"] == "UPDATE_IN_PROGRESS"
    assert stage.refused("PutClusterCapacityProviders", **change).code == "UpdateInProgressException"
    stage.step(10)
    described = stage.call("DescribeClusters", clusters=["shop"], include=["ATTACHMENTS"])["clusters"][0]
    assert described["attachmentsStatus"] == "UPDATE_COMPLETE"
    assert stage.call("PutClusterCapacityProviders", **change)


def test_a_default_strategy_names_attached_providers_only(stage: Stage) -> None:
    stage.cluster(capacityProviders=["FARGATE"])
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    error = stage.refused(
        "PutClusterCapacityProviders",
        cluster="shop",
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=strategy,
    )
    assert "not associated with the cluster" in error.message


def test_accounts_and_regions_do_not_see_each_other(stage: Stage) -> None:
    stage.cluster()
    elsewhere, someone = Scope(HERE.account, "us-east-1"), Scope("222222222222", HERE.region)
    assert stage.call_in(elsewhere, "ListClusters")["clusterArns"] == []
    assert stage.call_in(someone, "ListClusters")["clusterArns"] == []


def test_an_arn_of_another_account_is_refused(stage: Stage) -> None:
    error = stage.refused("ListTasks", cluster="arn:aws:ecs:eu-central-1:222222222222:cluster/shop")
    assert "Your accountId is 111111111111" in error.message
