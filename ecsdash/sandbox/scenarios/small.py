"""The scenario of the demo: a shop on Fargate, a batch cluster on EC2, a second region and a second account."""

from contextlib import suppress

from ecsdash.sandbox.driver import RecurringJob
from ecsdash.sandbox.ecs import EcsControlPlane, EcsError
from ecsdash.sandbox.scenarios import base_resources, batch, event_feed, second_account, shop
from ecsdash.sandbox.scenarios.base_resources import ACCOUNT, HOME, SECOND
from ecsdash.sandbox.scenarios.clients import Clients
from ecsdash.sandbox.scope import Scope

DEPLOY_SECONDS = 420.0
BATCH_SECONDS = 150.0


def build(url: str, plane: EcsControlPlane) -> None:
    home = Clients(url, HOME)
    base_resources.build_account(home)
    network = base_resources.build_region(home)
    shop.build(home, network)
    batch.build(home, network)
    event_feed.build(home)
    second = Clients(url, SECOND)
    shop.build_edge(second, base_resources.build_region(second))
    second_account.build(home)


def recurring_jobs(plane: EcsControlPlane, now: float) -> list[RecurringJob]:
    scope = Scope(ACCOUNT, HOME)
    return [
        RecurringJob(DEPLOY_SECONDS, now + 90.0, lambda: deploy_checkout(plane, scope)),
        RecurringJob(BATCH_SECONDS, now + 60.0, lambda: run_report(plane, scope)),
    ]


def deploy_checkout(plane: EcsControlPlane, scope: Scope) -> None:
    """Switch between the two revisions of the scenario, until a client deploys another one."""
    with suppress(EcsError):
        found = plane.handle(scope, "DescribeServices", {"cluster": "shop", "services": ["checkout"]})["services"]
        current = found[0]["taskDefinition"].rpartition("/")[2] if found else ""
        following = {"checkout:1": "checkout:2", "checkout:2": "checkout:1"}.get(current)
        if following and len(found[0]["deployments"]) == 1:
            change = {"cluster": "shop", "service": "checkout", "taskDefinition": following}
            plane.handle(scope, "UpdateService", change)


def run_report(plane: EcsControlPlane, scope: Scope) -> None:
    with suppress(EcsError):
        task = {"cluster": "batch", "taskDefinition": "sales-report", "startedBy": "schedule/every-few-minutes"}
        plane.handle(scope, "RunTask", {**task, "launchType": "EC2", "group": "schedule:sales-report"})
