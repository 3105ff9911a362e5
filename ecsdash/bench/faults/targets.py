"""What is changed while faults occur, one service for each operation, and what AWS must show afterwards."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

CLUSTER: Final = "bench"
Form = dict[str, str]


@dataclass
class Target:
    """A service with its own task definition family, and what it must have at AWS: numbers of revisions, deployments,
    desired tasks and tasks that were run once."""

    name: str
    subnets: list[str]
    revisions: int = 1
    deployments: int = 1
    desired: int = 1
    run_once: int = 0

    def deploy(self) -> tuple[str, Form]:
        """Return the path of the form and its data, and expect a new revision."""
        self.revisions += 1
        self.deployments += 1
        return f"services/{CLUSTER}/{self.name}/deploy/", {"tag-web": str(self.revisions)}

    def force_new_deployment(self) -> tuple[str, Form]:
        self.deployments += 1
        return f"services/{CLUSTER}/{self.name}/force-new-deployment/", {}

    def scale(self) -> tuple[str, Form]:
        self.desired = 3 - self.desired
        return f"services/{CLUSTER}/{self.name}/scale/", {"desired_count": str(self.desired)}

    def run_task(self) -> tuple[str, Form]:
        self.run_once += 1
        network = {"awsvpcConfiguration": {"subnets": self.subnets, "assignPublicIp": "ENABLED"}}
        document = {
            "cluster": CLUSTER, "taskDefinition": f"{self.name}:{self.revisions}", "count": 1, "launchType": "FARGATE",
            "networkConfiguration": network, "startedBy": self.name,
        }  # fmt: skip
        return "tasks/run/", {"json": json.dumps(document)}

    def effects(self, ecs: Any, service: dict[str, Any]) -> tuple[int, int]:
        """Return how many effects are missing at AWS, and how many there are too many. `service` is described."""
        revisions = ecs.list_task_definitions(familyPrefix=self.name)["taskDefinitionArns"]
        newest = service["taskDefinition"] == (revisions or [""])[-1]
        run_once = ecs.list_tasks(cluster=CLUSTER, startedBy=self.name)["taskArns"]
        counts = (
            (self.revisions, len(revisions)),
            (self.deployments, self._deployments(ecs)),
            (self.run_once, len(run_once)),
        )
        lost = sum(max(0, wanted - found) for wanted, found in counts)
        doubled = sum(max(0, found - wanted) for wanted, found in counts)
        return lost + (not newest) + (service["desiredCount"] != self.desired), doubled

    def _deployments(self, ecs: Any) -> int:
        found, token = 0, ""
        while True:
            page = ecs.list_service_deployments(
                cluster=CLUSTER, service=self.name, maxResults=100, **({"nextToken": token} if token else {})
            )
            found += len(page["serviceDeployments"])
            token = page.get("nextToken", "")
            if not token:
                return found


#: In the order in which services get them, one after the other, moved on by one in each round.
CHANGES: Final[tuple[Callable[[Target], tuple[str, Form]], ...]] = (
    Target.deploy, Target.scale, Target.deploy, Target.force_new_deployment, Target.run_task,
)  # fmt: skip
