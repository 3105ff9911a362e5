"""Resources that an operation created, from its calls and their results. Names are never guessed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecsdash.operations.models import Operation, OperationStep
from ecsdash.operations.plan import Step
from ecsdash.operations.refs import TOLERATED, resolve

#: Calls that create a resource -> its noun, and the parameter with its name ("" if AWS assigns an id only).
NOUNS: Mapping[str, tuple[str, str]] = {
    "ecs.create_cluster": ("cluster", "clusterName"),
    "ecs.create_service": ("service", "serviceName"),
    "ecs.register_task_definition": ("task definition", "family"),
    "ec2.create_security_group": ("security group", "GroupName"),
    "secretsmanager.create_secret": ("secret", "Name"),
    "iam.create_role": ("role", "RoleName"),
    "logs.create_log_group": ("log group", "logGroupName"),
    "efs.create_file_system": ("file system", ""),
    "efs.create_mount_target": ("mount target", ""),
    "efs.create_access_point": ("access point", ""),
    "servicediscovery.create_http_namespace": ("namespace", "Name"),
    "elbv2.create_load_balancer": ("load balancer", "Name"),
    "elbv2.create_target_group": ("target group", "Name"),
    "elbv2.create_listener": ("listener", "Port"),
}
#: Calls that add to a resource. The removal reverts an addition that is not deleted with its resource.
ADDITIONS = ("iam.attach_role_policy", "iam.put_role_policy", "ec2.authorize_security_group_ingress")


@dataclass(frozen=True, eq=False)
class Created:
    """Effect of one step. `known` is False if the call was made without a response: the removal then asks AWS."""

    call: str
    key: str
    step_id: str
    params: Mapping[str, Any]
    result: Mapping[str, Any]
    known: bool

    @property
    def noun(self) -> str:
        return NOUNS[self.call][0] if self.call in NOUNS else ""

    @property
    def name(self) -> str:
        """Return the name of the resource, or its `Name` tag if it has no name."""
        if self.call == "ecs.register_task_definition" and self.known:
            return str(self.result["taskDefinition"]["taskDefinitionArn"]).rpartition("/")[2]
        if self.call == "efs.create_mount_target":
            return f"{self.params['FileSystemId']} in {self.params['SubnetId']}"
        parameter = NOUNS[self.call][1]
        tags = {tag["Key"]: tag["Value"] for tag in self.params.get("Tags", ())}
        return str(self.params[parameter] if parameter else tags.get("Name", ""))

    def find(self, lookup: str, *names: str, **more: Any) -> dict[str, Any]:
        """Return Step.find with a look-up by the parameters `names` and `more`."""
        params = {name: self.params[name] for name in names} | more
        return {"lookup": lookup, "params": params, "step": self.step_id}


def created_by(operation: Operation) -> list[Created]:
    """Return the created resources in order of creation. A call with a tolerated error created nothing."""
    rows = list(operation.steps.all())
    results = {row.key: row.result for row in rows}
    steps = zip(rows, operation.plan.steps, strict=True)
    return [_created(row, step, results) for row, step in steps if _had_effect(row, step)]


def existed_before(operation: Operation) -> Iterator[str]:
    """Yield the titles of steps whose resource already existed: the removal keeps it."""
    for row, step in zip(operation.steps.all(), operation.plan.steps, strict=True):
        if step.call in NOUNS and TOLERATED in row.result:
            yield step.title


def _had_effect(row: OperationStep, step: Step) -> bool:
    creates = step.call in NOUNS or step.call in ADDITIONS
    return creates and (row.called_at is not None or row.answered) and TOLERATED not in row.result


def _created(row: OperationStep, step: Step, results: Mapping[str, Mapping[str, Any]]) -> Created:
    params = resolve(step.params, results, str(row.pk))
    return Created(step.call, row.key, str(row.pk), params, row.result, row.answered)
