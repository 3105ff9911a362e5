"""A stopped task has one verdict: the cause, why, and what to do; "not known" rather than a guess."""

from typing import Any

import pytest

from services.verdicts.end_causes import EXIT_CODES, HOST_CAUSES, LOG_LINE_CAUSES, SCHEDULER_CAUSES, STOP_CODE_CAUSES
from services.verdicts.facts import facts_of
from services.verdicts.placement_causes import PLACEMENT_CAUSES
from services.verdicts.services import DEPLOYMENT_CAUSES, judge_blocking, judge_deployment
from services.verdicts.start_causes import START_CAUSES
from services.verdicts.tasks import explain_exit, judge
from services.verdicts.verdict import UNKNOWN, Verdict
from tests.services.verdicts.samples import DEPLOYMENT_SAMPLES, EVENT_SAMPLES, LOG_SAMPLES, TASK_SAMPLES

EXITED = "Essential container in task exited"


def verdict(
    code: str, reason: str = EXITED, *containers: dict[str, Any], essential: Any = None, **lines: Any
) -> Verdict:
    """Return the verdict of a task. `essential` are the names of its essential containers, None if not known."""
    described = {"stopCode": code, "stoppedReason": reason, "containers": list(containers)}
    parts = [{"name": each["name"], "essential": each["name"] in (essential or ())} for each in containers]
    definition = None if essential is None else {"containerDefinitions": parts}
    found = judge(facts_of(described, definition, lines))
    assert found is not None
    return found


def ended(name: str, code: int | None, reason: str = "") -> dict[str, Any]:
    return {"name": name, "reason": reason, **({} if code is None else {"exitCode": code})}


@pytest.mark.parametrize(
    ("cause", "code", "reason"), TASK_SAMPLES, ids=[f"{n[0]} {i}" for i, n in enumerate(TASK_SAMPLES)]
)
def test_a_sentence_of_aws_about_a_task_has_its_cause(cause: str, code: str, reason: str) -> None:
    found = verdict(code, reason)
    assert found.cause == cause
    assert all((found.what, found.why, found.how))
    assert reason in found.raw
    assert "{" not in found.sentence + found.how


@pytest.mark.parametrize(("cause", "message"), EVENT_SAMPLES, ids=[each[0] for each in EVENT_SAMPLES])
def test_a_service_event_that_tasks_cannot_start_has_its_cause(cause: str, message: str) -> None:
    found = judge_blocking(message)
    assert found is not None
    assert found.cause == cause
    assert found.raw == message


@pytest.mark.parametrize(("cause", "reason"), DEPLOYMENT_SAMPLES, ids=[each[0] for each in DEPLOYMENT_SAMPLES])
def test_the_reason_of_a_deployment_has_its_cause(cause: str, reason: str) -> None:
    found = judge_deployment(reason)
    assert found is not None
    assert found.cause == cause


@pytest.mark.parametrize(("cause", "line"), LOG_SAMPLES, ids=[each[0] for each in LOG_SAMPLES])
def test_the_last_log_lines_tell_why_a_program_exited(cause: str, line: str) -> None:
    found = verdict("EssentialContainerExited", EXITED, ended("web", 1), web=["started", line, "bye"])
    assert found.cause == cause
    assert "web exited with code 1" in found.what
    assert f"Last log lines of web: started ⏎ {line} ⏎ bye" in found.evidence


def test_every_known_cause_has_a_sample_and_there_are_many() -> None:
    table = (
        *START_CAUSES, *SCHEDULER_CAUSES, *HOST_CAUSES, *STOP_CODE_CAUSES.values(), *PLACEMENT_CAUSES,
        *DEPLOYMENT_CAUSES, *LOG_LINE_CAUSES,
    )  # fmt: skip
    samples = {each[0] for each in (*TASK_SAMPLES, *EVENT_SAMPLES, *DEPLOYMENT_SAMPLES, *LOG_SAMPLES)}
    assert {cause.key for cause in table} - samples == set()
    assert len(table) + len(EXIT_CODES) >= 90
    assert len({cause.key for cause in table}) == len(table)


@pytest.mark.parametrize(
    ("exit_code", "why"),
    [
        (0, "finished"), (1, "with an error"), (126, "is not executable"), (127, "does not exist"),
        (137, "SIGKILL"), (139, "SIGSEGV"), (143, "SIGTERM"), (133, "signal 5"), (42, "own code 42"),
    ],
)  # fmt: skip
def test_exit_codes_are_explained(exit_code: int, why: str) -> None:
    found = verdict("EssentialContainerExited", EXITED, {"name": "ok"}, ended("web", exit_code))
    assert why in found.why
    assert f"web exited with code {exit_code}" in found.what


def test_every_code_says_where_to_look() -> None:
    assert all(all(explain_exit(code)) for code in range(256))


def test_the_essential_container_is_blamed_not_the_side_car_that_ecs_killed_afterwards() -> None:
    agent = ended("agent", 137, "OutOfMemoryError: Container killed due to memory usage")
    found = verdict("EssentialContainerExited", EXITED, agent, ended("app", 0), essential=["app"])
    assert found.cause == "exit_0"
    assert found.what == "The essential container app exited with code 0, so the task stopped."
    assert "Container agent (not essential): exit code 137. OutOfMemoryError" in " ".join(found.evidence)


def test_of_two_essential_containers_the_one_that_failed_is_blamed() -> None:
    found = verdict("EssentialContainerExited", EXITED, ended("proxy", 0), ended("web", 1), essential=["proxy", "web"])
    assert "web exited with code 1" in found.what


@pytest.mark.parametrize(
    ("containers", "essential"),
    [
        ([ended("proxy", 0), ended("web", 1)], None),
        ([ended("proxy", 0), ended("web", 137)], ["proxy", "web"]),
        ([ended("proxy", 2), ended("web", 1)], ["proxy", "web"]),
        ([{"name": "web"}], ["web"]),
    ],
    ids=["definition not known", "killed or the first", "both failed", "nothing exited"],
)
def test_what_is_not_certain_is_not_known(containers: list[dict[str, Any]], essential: list[str] | None) -> None:
    found = verdict("EssentialContainerExited", EXITED, *containers, essential=essential)
    assert found.cause == UNKNOWN
    assert "not known" in found.what
    assert EXITED in found.raw


def test_a_reason_of_the_container_outweighs_its_exit_code() -> None:
    found = verdict(
        "EssentialContainerExited", EXITED, ended("web", 137, "OutOfMemoryError: Container killed due to memory")
    )
    assert found.cause == "out_of_memory"
    assert "web" in found.what


@pytest.mark.parametrize(
    ("code", "cause"),
    [("UserInitiated", "stopped_by_user"), ("InfrastructureHealth", "infrastructure"), ("TaskFailedToStart", UNKNOWN)],
)
def test_a_word_of_a_person_or_the_infrastructure_is_no_failed_health_check(code: str, cause: str) -> None:
    assert verdict(code, "Stopped: the node is unhealthy, its health checks failed").cause == cause


def test_a_task_that_runs_has_nothing_to_explain() -> None:
    assert judge(facts_of({})) is None
