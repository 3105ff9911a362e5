"""Log lines and metrics that running tasks leave."""

from tests.sandbox.ecs.stage import NETWORK, Stage

LOGGED = {
    "logDriver": "awslogs",
    "options": {
        "awslogs-group": "/ecs/web",
        "awslogs-region": "eu-central-1",
        "awslogs-stream-prefix": "app",
    },
}


def run(stage: Stage, image: str) -> str:
    stage.cluster()
    definition = stage.register_fargate(image, container={"logConfiguration": LOGGED})
    answer = stage.call(
        "RunTask", cluster="shop", taskDefinition=definition, launchType="FARGATE", networkConfiguration=NETWORK
    )
    return str(answer["tasks"][0]["taskArn"])


def test_a_container_writes_to_the_stream_named_after_its_task(stage: Stage) -> None:
    task_id = run(stage, "nginx:1.27").rsplit("/", 1)[1]
    stage.step(15)
    lines = [text for _, text in stage.aws.lines["/ecs/web", f"app/web/{task_id}"]]
    assert lines[0] == "starting web from nginx:1.27"
    assert lines[-1] == "listening on port 80"


def test_a_running_container_goes_on_writing_in_order(stage: Stage) -> None:
    run(stage, "nginx:1.27")
    stage.step(15)
    early = sum(len(lines) for lines in stage.aws.lines.values())
    stage.step(120)
    (lines,) = stage.aws.lines.values()
    assert len(lines) >= early + 8
    assert lines == sorted(lines, key=lambda line: line[0])


def test_a_dying_container_leaves_last_words(stage: Stage) -> None:
    run(stage, "web:crash")
    stage.step(30)
    (lines,) = stage.aws.lines.values()
    assert lines[-1][1] == "fatal: unhandled error, exiting with status 1"
    stage.step(60)
    assert lines[-1][1].startswith("fatal")


def test_a_container_without_awslogs_writes_nothing(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate())
    stage.step(60)
    assert stage.aws.lines == {}


def test_services_and_clusters_report_their_use_each_minute(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate())
    stage.step(130)
    dimensions = (("ClusterName", "shop"), ("ServiceName", "web"))
    values = [metric.value for metric in stage.aws.metrics if metric.dimensions == dimensions]
    assert len(values) == 4
    assert all(0 < value < 100 for value in values)
    names = {metric.name for metric in stage.aws.metrics if metric.dimensions == (("ClusterName", "shop"),)}
    assert names == {"CPUUtilization", "MemoryUtilization"}


def test_a_cluster_with_instances_reports_what_is_reserved(stage: Stage) -> None:
    stage.cluster()
    stage.instance()
    stage.call("RunTask", cluster="shop", taskDefinition=stage.register(container={"cpu": 512}))
    stage.step(61)
    reserved = {metric.name: metric.value for metric in stage.aws.metrics}
    assert reserved["CPUReservation"] == 25.0
