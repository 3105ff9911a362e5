"""The health of targets on pages, and as the cause of tasks that are replaced."""

from django.test import Client

from ecsdash.access.models import User
from services.models import Task
from services.selectors.verdicts import problem_of
from services.sync.failures import judge_services
from tests.services.simulated_services import SimulatedServices
from tests.services.test_service_create import SHOP, with_balancer

HERE = "/demo/eu-central-1/"


def test_a_service_whose_targets_are_unhealthy_says_why_on_every_page(
    service_stage: SimulatedServices, operator: User, client: Client
) -> None:
    stage = service_stage
    stage.do("create_service", operator, with_balancer(stage, desired_count=1), **SHOP)
    client.force_login(operator)
    (task,) = Task.objects.filter(last_status="RUNNING")
    page = client.get(f"{HERE}tasks/{task.name}/").content.decode()
    assert "Load balancing" in page
    assert "Healthy" in page

    stage.sandbox.set_fault("failing-health-checks", on=True, pattern="service:web-front")
    stage.sandbox.step(100)
    stage.sweep("services", "tasks", "stopped_tasks", "target_groups")
    judge_services()
    problem = problem_of(operator, stage.service())
    assert problem is not None
    assert problem.explanation.cause == "target_ResponseCodeMismatch"
    assert problem.explanation.what.endswith("answered the load balancer's health check with a wrong status code.")
    fact = "Target health: Target.ResponseCodeMismatch (Health checks failed with these codes: [500])."
    assert fact in problem.explanation.evidence
    shown = client.get(f"{HERE}services/shop/web-front/").content.decode()
    assert "Show target health and its health check" in shown
    task.refresh_from_db()
    assert task.stopped
    stopped = client.get(f"{HERE}tasks/{task.name}/").content.decode()
    assert "wrong status code" in stopped
    assert "Load balancing" not in stopped, "its address may belong to another task now"
    networking = client.get(f"{HERE}services/shop/web-front/networking/").content.decode()
    assert "It is leaving: open connections may end" in networking
