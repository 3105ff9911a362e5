from tests.sandbox.conftest import Sandbox


def names(sandbox: Sandbox) -> list[str]:
    return [arn.rpartition("/")[2] for arn in sandbox.client("ecs").list_clusters()["clusterArns"]]


def test_a_kept_state_is_restored_as_often_as_wanted(sandbox: Sandbox) -> None:
    ecs, ec2 = sandbox.client("ecs"), sandbox.client("ec2")
    ecs.create_cluster(clusterName="shop")
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
    assert sandbox.admin("save", name="a shop")[0] == 200
    for _ in range(2):
        now = sandbox.world.clock.now()
        ecs.delete_cluster(cluster="shop")
        ecs.create_cluster(clusterName="batch")
        ec2.delete_subnet(SubnetId=subnets[0])
        assert sandbox.admin("restore", name="a shop")[0] == 200
        assert names(sandbox) == ["shop"]
        assert [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]] == subnets
        assert sandbox.world.clock.now() == now


def test_a_state_that_was_not_kept_is_refused_and_changes_nothing(sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    assert sandbox.admin("restore", name="unknown")[0] == 400
    assert names(sandbox) == ["shop"]
