"""What is said of targets that get no requests."""

from typing import Any

import pytest

from services.models import Task
from services.selectors.load_balancers import ServiceTargetGroup
from services.selectors.target_health import host_ports, shown, targets_of
from services.verdicts.facts import TaskFacts
from services.verdicts.target_causes import TARGET_CAUSES, because_of, unhealthy_in
from services.verdicts.tasks import judge

GROUP = "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/web/1"
REASONS = [
    ("Health checks failed with these codes: [502]", "Target.ResponseCodeMismatch", "wrong status code"),
    ("Request timed out", "Target.Timeout", "did not answer the load balancer's health check in time"),
    ("Health checks failed", "Target.FailedHealthChecks", "could not connect to it"),
]


@pytest.mark.parametrize(("reason", "code", "words"), REASONS)
def test_a_message_of_ecs_names_why_a_target_is_unhealthy(reason: str, code: str, words: str) -> None:
    message = f"(service web) (port 80) is unhealthy in (target-group {GROUP}) due to (reason {reason})."
    found = unhealthy_in(message)
    assert found is not None
    assert (found.target_group, found.code, found.reason) == (GROUP, code, reason)
    verdict = judge(TaskFacts("ServiceSchedulerInitiated", f"Task failed ELB health checks in (target-group {GROUP})"))
    assert verdict is not None
    told = because_of(verdict, found)
    assert words in told.what
    assert told.evidence[0] == f"Target health: {code} ({reason})."
    assert told.about_targets


def test_other_messages_and_unknown_reasons_change_no_cause() -> None:
    assert unhealthy_in("(service web) has reached a steady state.") is None
    assert unhealthy_in("is unhealthy in (target-group " + "x" * 5000) is None
    found = unhealthy_in(f"is unhealthy in (target-group {GROUP}) due to (reason Something new)")
    verdict = judge(TaskFacts("ServiceSchedulerInitiated", f"Task failed ELB health checks in (target-group {GROUP})"))
    assert found is not None
    assert verdict is not None
    told = because_of(verdict, found)
    assert (told.what, told.evidence[0]) == (verdict.what, "Target health: unhealthy (Something new).")


def test_every_state_of_a_target_has_its_words_and_its_reason() -> None:
    def target(state: str, code: str = "") -> dict[str, Any]:
        return shown({"id": "10.0.0.1", "port": 80, "state": state, "code": code, "reason": "", "since": None})

    assert target("initial", "Elb.InitialHealthChecking")["words"] == "Initial health checks"
    assert target("unhealthy", "Target.Timeout")["how"].startswith("Check that its security group")
    assert target("draining", "Target.DeregistrationInProgress")["why"].startswith("It is leaving")
    assert target("unhealthy.draining")["words"] == "Unhealthy, draining"
    assert target("healthy")["how"] == ""
    known = {"Elb.RegistrationInProgress", "Elb.InitialHealthChecking", "Elb.InternalError", "Target.NotInUse",
             "Target.ResponseCodeMismatch", "Target.Timeout", "Target.FailedHealthChecks", "Target.NotRegistered",
             "Target.DeregistrationInProgress", "Target.InvalidState", "Target.IpUnusable",
             "Target.HealthCheckDisabled"}  # fmt: skip
    assert set(TARGET_CAUSES) == known


def test_a_stopped_task_has_no_target_though_its_address_may_have_one() -> None:
    task = Task(last_status="STOPPED", service_name="web", private_ip="10.0.0.1")
    assert targets_of(None, task, None) == []
    assert ServiceTargetGroup("web", 80, None, GROUP, [], []).targets == []
    assert host_ports({"containers": [{"networkBindings": [{"hostPort": 32768}]}, {}]}) == [32768]
