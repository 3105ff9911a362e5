"""A stopped task says what happened, why, and how to fix it."""

from typing import Any

import pytest

from ecsdash.aws.stop_reasons import explain_exit, explain_stop

TEXTS: list[tuple[str, str, str]] = [
    ("TaskFailedToStart",
     "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
     "docker.io/library/nginx:nope: docker.io/library/nginx:nope: not found",
     "The image docker.io/library/nginx:nope does not exist."),
    ("TaskFailedToStart", "CannotPullContainerError: ... toomanyrequests: You have reached your pull rate limit",
     "rate limit"),
    ("TaskFailedToStart", "CannotPullContainerError: error pulling image: dial tcp 1.2.3.4:443: i/o timeout",
     "could not be reached"),
    ("TaskFailedToStart", "CannotPullContainerError: denied: User is not authorized to perform ecr:BatchGetImage",
     "refused access"),
    ("TaskFailedToStart", "CannotPullContainerError: write /var/lib: no space left on device", "the disk is full"),
    ("TaskFailedToStart", "CannotPullContainerError: something never seen", "could not be pulled"),
    ("TaskFailedToStart",
     "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: "
     "AccessDeniedException: User is not authorized to perform secretsmanager:GetSecretValue", "access was denied"),
    ("TaskFailedToStart",
     "ResourceInitializationError: unable to retrieve secret from asm: failed to fetch secret arn:x from secrets "
     "manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.", "does not exist. arn:x"),
    ("TaskFailedToStart",
     "ResourceInitializationError: unable to retrieve secret from ssm: invalid parameters: /shop/key",
     "The SSM parameter /shop/key does not exist."),
    ("TaskFailedToStart",
     "ResourceInitializationError: failed to validate logger args: The specified log group does not exist. Log group: "
     "/ecs/web : exit status 1", "The log group does not exist. /ecs/web"),
    ("TaskFailedToStart", "ResourceInitializationError: failed to invoke EFS utils commands", "could not be mounted"),
    ("EssentialContainerExited", "OutOfMemoryError: Container killed due to memory usage", "more memory"),
    ("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group x)", "health checks failed"),
    ("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", "scaled in or was deployed"),
    ("TaskFailedToStart", "ECS was unable to assume the role 'arn:aws:iam::1:role/r' that was provided",
     "could not assume the role arn:aws:iam::1:role/r"),
    ("", "was unable to place a task because no container instance met all of its requirements", "had enough capacity"),
    ("SpotInterruption", "Your Spot Task was interrupted.", "reclaimed the Spot capacity"),
    ("UserInitiated", "Task stopped by user", "A user stopped the task"),
    ("InfrastructureHealth", "", "infrastructure"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "reason", "what"), TEXTS, ids=[each[2] for each in TEXTS])
def test_the_words_of_ecs_are_explained(code: str, reason: str, what: str) -> None:
    found = explain_stop(code, reason)
    assert found is not None
    assert what in found.what
    assert found.why
    assert found.how
    assert reason in found.raw


@pytest.mark.parametrize(
    ("exit_code", "why"),
    [
        (0, "finished"), (1, "with an error"), (126, "is not executable"), (127, "does not exist"),
        (137, "SIGKILL"), (139, "SIGSEGV"), (143, "SIGTERM"), (133, "signal 5"), (42, "own code 42"),
    ],
)  # fmt: skip
def test_exit_codes_are_explained(exit_code: int, why: str) -> None:
    containers: list[dict[str, Any]] = [{"name": "ok"}, {"name": "web", "exitCode": exit_code}]
    found = explain_stop("EssentialContainerExited", "Essential container in task exited", containers)
    assert found is not None
    assert why in found.why
    assert f"web exited with code {exit_code}" in found.what


def test_the_container_that_failed_is_blamed_not_the_one_that_followed() -> None:
    containers = [{"name": "proxy", "exitCode": 0}, {"name": "web", "exitCode": 1}]
    found = explain_stop("EssentialContainerExited", "Essential container in task exited", containers)
    assert found is not None
    assert "web" in found.what


def test_a_reason_of_a_container_outweighs_the_general_one() -> None:
    containers = [{"name": "web", "reason": "OutOfMemoryError: Container killed due to memory usage", "exitCode": 137}]
    found = explain_stop("EssentialContainerExited", "Essential container in task exited", containers)
    assert found is not None
    assert "memory" in found.what


def test_a_task_that_runs_has_nothing_to_explain() -> None:
    assert explain_stop("", "") is None


def test_every_code_says_where_to_look() -> None:
    assert all(all(explain_exit(code)) for code in range(256))
