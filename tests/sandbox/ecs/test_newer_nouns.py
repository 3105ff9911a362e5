"""Daemons, gateways, task sets and calls of the agent: answered as ECS would."""

from ecsdash.sandbox.ecs.api import daemons, gateways
from tests.sandbox.ecs.stage import ROLE, Stage
from tests.sandbox.ecs.test_managed_instances import create


def daemon(stage: Stage) -> str:
    stage.cluster()
    provider = create(stage)["capacityProviderArn"]
    containers = [{"name": "agent", "image": "agent:1", "memory": 64}]
    definition = stage.call("RegisterDaemonTaskDefinition", family="agent", containerDefinitions=containers)
    answer = stage.call(
        "CreateDaemon",
        daemonName="agent",
        clusterArn="shop",
        daemonTaskDefinitionArn=definition["daemonTaskDefinitionArn"],
        capacityProviderArns=[provider],
    )
    return str(answer["daemonArn"])


def test_a_daemon_is_created_changed_and_deleted(stage: Stage) -> None:
    arn = daemon(stage)
    shown = stage.call("DescribeDaemon", daemonArn=arn)["daemon"]
    assert shown["currentRevisions"][0]["totalRunningCount"] == 0
    assert stage.call("ListDaemons", clusterArn="shop")["daemonSummariesList"][0]["daemonArn"] == arn
    provider = shown["currentRevisions"][0]["capacityProviders"][0]["arn"]
    change = {"daemonTaskDefinitionArn": "agent:1", "capacityProviderArns": [provider]}
    stage.call("UpdateDaemon", daemonArn=arn, **change)
    newest, _ = stage.call("ListDaemonDeployments", daemonArn=arn)["daemonDeployments"]
    arns = [newest["daemonDeploymentArn"]]
    [deployment] = stage.call("DescribeDaemonDeployments", daemonDeploymentArns=arns)["daemonDeployments"]
    arns = [deployment["targetDaemonRevision"]["arn"]]
    [revision] = stage.call("DescribeDaemonRevisions", daemonRevisionArns=arns)["daemonRevisions"]
    assert revision["containerImages"] == [{"containerName": "agent", "image": "agent:1"}]
    assert stage.refused("DeleteDaemonTaskDefinition", daemonTaskDefinition="agent:1").code == "ClientException"
    stage.call("DeleteDaemon", daemonArn=arn)
    assert stage.refused("DescribeDaemon", daemonArn=arn).code == "DaemonNotFoundException"
    stage.call("DeleteDaemonTaskDefinition", daemonTaskDefinition="agent:1")
    described = stage.call("DescribeDaemonTaskDefinition", daemonTaskDefinition="agent:1")["daemonTaskDefinition"]
    assert described["status"] == "DELETE_IN_PROGRESS"
    assert stage.call("ListDaemonTaskDefinitions")["daemonTaskDefinitions"] == []
    assert set(daemons.OPERATIONS) - stage.calls == set()


def test_a_gateway_is_created_associated_and_deleted(stage: Stage) -> None:
    cluster = stage.cluster()["clusterArn"]
    settings = {"infrastructureRoleArn": ROLE, "configuration": {"hostSharedAlb": {"scheme": "internal"}}}
    stage.call("CreateGateway", name="edge", **settings)
    assert stage.call("DescribeGateway", gateway="edge")["gateway"]["accessType"] == "PRIVATE"
    stage.call("AssociateGatewayWithCluster", gateway="edge", cluster="shop")
    [association] = stage.call("ListGatewayClusterAssociations", cluster="shop")["gatewayClusterAssociations"]
    assert association["clusterArn"] == cluster
    assert "associated with clusters" in stage.refused("DeleteGateway", gateway="edge").message
    stage.call("DisassociateGatewayFromCluster", gateway="edge", cluster="shop")
    stage.call("UpdateGateway", gateway="edge", deletionProtection=True)
    assert "deletion protection" in stage.refused("DeleteGateway", gateway="edge").message
    stage.call("UpdateGateway", gateway="edge", deletionProtection=False)
    assert stage.call("DescribeGatewayResources", gateway="edge")["gatewayResources"]["resources"]
    assert stage.call("ListGatewayRoutes", gateway="edge")["gatewayRoutes"] == []
    assert stage.call("ListGateways")["gateways"][0]["name"] == "edge"
    stage.call("DeleteGateway", gateway="edge")
    assert stage.refused("DescribeGateway", gateway="edge").code == "GatewayNotFoundException"
    assert set(gateways.OPERATIONS) - stage.calls == {"DescribeGatewayRoute"}


def test_task_sets_are_for_other_deployment_controllers(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate())
    here = {"cluster": "shop", "service": "web"}
    assert "ECS deployment controller" in stage.refused("DescribeTaskSets", **here).message
    error = stage.refused("CreateTaskSet", taskDefinition="web", **here)
    assert (error.code, "must be EXTERNAL" in error.message) == ("InvalidParameterException", True)


def test_every_agent_has_the_newest_version(stage: Stage) -> None:
    stage.cluster()
    error = stage.refused("UpdateContainerAgent", cluster="shop", containerInstance=stage.instance())
    assert error.code == "NoUpdateAvailableException"
