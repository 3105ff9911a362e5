"""A scenario of any size: a number of clusters, services in each, and tasks in each."""

from dataclasses import dataclass

from ecsdash.sandbox.driver import RecurringJob
from ecsdash.sandbox.ecs import EcsControlPlane
from ecsdash.sandbox.scenarios.base_resources import ACCOUNT, HOME
from ecsdash.sandbox.scenarios.clients import Clients
from ecsdash.sandbox.scope import Scope


@dataclass(frozen=True)
class Grid:
    clusters: int
    services: int
    tasks: int

    def build(self, url: str, plane: EcsControlPlane) -> None:
        subnets = Clients(url, HOME)["ec2"].describe_subnets()["Subnets"]
        ids = [subnet["SubnetId"] for subnet in subnets]
        plane.populate(Scope(ACCOUNT, HOME), self.clusters, self.services, self.tasks, subnets=ids)

    def recurring_jobs(self, plane: EcsControlPlane, now: float) -> list[RecurringJob]:
        return []
