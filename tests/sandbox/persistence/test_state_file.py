import os
import pickle
from pathlib import Path

import pytest

from ecsdash.sandbox.persistence import state_writer
from ecsdash.sandbox.persistence.state_writer import StateWriter
from ecsdash.sandbox.world import World
from tests.sandbox import aws, shop
from tests.sandbox.conftest import Sandbox
from tests.services.test_unknown_things import function

SHOP = "shop.elb.localhost"


def restarted(sandbox: Sandbox, file: Path) -> Sandbox:
    """The same state file in a world that remembers nothing."""
    sandbox.world.stop()
    World(speed=0).reset()
    world = World(speed=0, state_file=file)
    world.start()
    return Sandbox(world)


def test_everything_is_there_again_after_a_restart(tmp_path: Path, sandbox: Sandbox) -> None:
    file = tmp_path / "state"
    world = World(speed=0, state_file=file)
    world.start()
    first = Sandbox(world)
    shop.site(first, "shop/web:1")
    first.client("ssm").put_parameter(Name="/shop/colour", Value="green", Type="String")
    first.client("secretsmanager").create_secret(Name="shop/key", SecretString="x")
    first.client("ecr").create_repository(repositoryName="shop/web")
    first.client("acm").request_certificate(DomainName="shop.example")
    first.client("sqs").create_queue(QueueName="events")
    function(first)
    profile = aws.instance_profile(first)
    template = aws.launch_template(first, "shop", profile)
    aws.auto_scaling_group(first, template, desired=1)
    first.step(shop.SETTLED)
    task = shop.tasks(first, "web")[0]["taskArn"]
    first.admin("faults", name="slow-starts", on=True, pattern="service:other")

    second = restarted(first, file)
    assert second.world.clock.now() >= first.world.clock.now()
    assert [each["taskArn"] for each in shop.tasks(second, "web")] == [task]
    assert second.get(SHOP)[0] == 200
    assert len(aws.container_instances(second, "shop")) == 1
    assert second.client("ssm").get_parameter(Name="/shop/colour")["Parameter"]["Value"] == "green"
    assert second.client("ecr").describe_repositories()["repositories"][0]["repositoryName"] == "shop/web"
    assert second.client("acm").list_certificates()["CertificateSummaryList"][0]["DomainName"] == "shop.example"
    assert second.client("sqs").list_queues()["QueueUrls"]
    assert second.client("lambda").get_function(FunctionName="check")["Configuration"]["FunctionName"] == "check"
    assert second.world.plane.faults.active == {"slow-starts": "service:other"}
    made = [{"AttributeKey": "EventName", "AttributeValue": "CreateService"}]
    assert len(second.client("cloudtrail").lookup_events(LookupAttributes=made)["Events"]) == 1
    balancer = second.client("elbv2").describe_load_balancers()["LoadBalancers"][0]
    assert balancer["DNSName"] == f"{SHOP}:{second.world.server.server_port}"

    second.client("autoscaling").set_desired_capacity(AutoScalingGroupName=template, DesiredCapacity=2)
    second.client("ecs").update_service(cluster="shop", service="web", desiredCount=2)
    second.step(shop.SETTLED)
    assert len(aws.container_instances(second, "shop")) == 2
    assert len(shop.tasks(second, "web")) == 2
    second.world.stop()


@pytest.mark.parametrize("content", [pickle.dumps({"format": 0}), b"", b"cnothing\nthere\n."])
def test_a_file_of_another_version_is_renamed_and_not_used(
    tmp_path: Path, sandbox: Sandbox, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state"
    file.write_bytes(content)
    world = World(speed=0, state_file=file)
    world.start()
    assert Sandbox(world).client("ecs").list_clusters()["clusterArns"] == []
    world.stop()
    assert (tmp_path / "state.unreadable").read_bytes() == content
    assert "was written by another version" in capsys.readouterr().err


def test_a_copy_of_the_process_writes_the_state_down(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state"
    writer = StateWriter(sandbox.world, file)
    monkeypatch.setattr(state_writer, "save_state", lambda world, path: path.write_text(str(os.getpid())))
    writer.write()
    assert file.read_text() not in ("", str(os.getpid()))
    assert sandbox.client("ecs").list_clusters()["clusterArns"] == []
