"""What account settings change."""

from ecsdash.sandbox.scope import Scope
from tests.sandbox.ecs.stage import HERE, NETWORK, Stage


def test_new_clusters_have_the_insights_of_their_account(stage: Stage) -> None:
    stage.call("PutAccountSettingDefault", name="containerInsights", value="enhanced")
    assert stage.cluster()["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    own = [{"name": "containerInsights", "value": "disabled"}]
    assert stage.cluster("other", settings=own)["settings"] == own


def test_a_setting_belongs_to_one_account_in_one_region(stage: Stage) -> None:
    stage.call("PutAccountSettingDefault", name="containerInsights", value="enabled")
    for scope in (Scope(HERE.account, "us-east-1"), Scope("222222222222", HERE.region)):
        cluster = stage.call_in(scope, "CreateCluster", clusterName="shop")["cluster"]
        assert cluster["settings"] == [{"name": "containerInsights", "value": "disabled"}]


def test_the_setting_of_a_principal_goes_before_that_of_its_account(stage: Stage) -> None:
    stage.call("PutAccountSettingDefault", name="containerInsights", value="enhanced")
    stage.call("PutAccountSetting", name="containerInsights", value="disabled")
    assert stage.cluster()["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    stage.call("DeleteAccountSetting", name="containerInsights")
    assert stage.cluster("other")["settings"] == [{"name": "containerInsights", "value": "enhanced"}]


def test_trunking_gives_new_instances_more_network_interfaces(stage: Stage) -> None:
    stage.cluster()
    stage.call("PutAccountSettingDefault", name="awsvpcTrunking", value="enabled")
    stage.instance()
    definition = stage.register(networkMode="awsvpc")
    answer = stage.call("RunTask", cluster="shop", taskDefinition=definition, count=8, networkConfiguration=NETWORK)
    assert len(answer["tasks"]) == 8
