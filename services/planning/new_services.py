"""Steps of several new services with their task definitions, and what their review says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clusters.planning.roles import role_steps
from ecsdash.aws.prices import Estimate, total
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Change, Check, Effect, LiveCheck, Observation, Step
from ecsdash.operations.refs import ref
from services.documents.findings.sizes import cpu_units, memory_mib
from services.documents.launch_set import LaunchSet, images_of
from services.documents.task_prices import definition_cost
from services.forms.task_definition.checks import definition_checks, missing_log_groups
from services.planning.live_checks import live_checks
from services.planning.namespaces import namespace_step
from services.planning.services import create_step
from services.planning.task_definitions import log_group_step, new_role, register_step, with_step_tag


@dataclass(frozen=True)
class NewServices:
    """Services as CreateService takes them, with their definitions, in a cluster. `namespace` is created first."""

    context: ActionContext
    cluster: str
    wanted: LaunchSet
    namespace: str = ""

    def steps(self) -> tuple[Step, ...]:
        """Return the steps: each service is steady before the next one, which may use its name, is created."""
        scope = self.context.scope
        roles = [role for each in self.wanted.definitions if (role := new_role(self.context, each))]
        return (
            *(role_steps(roles[0], scope.account, scope.region) if roles else ()),
            *(log_group_step(number, group) for number, group in enumerate(self._log_groups())),
            *((namespace_step(self.namespace),) if self.namespace else ()),
            *(
                register_step(each, new_role(self.context, each), f"definition_{number}")
                for number, each in enumerate(self.wanted.definitions)
            ),
            *(self._create(number, each) for number, each in enumerate(self.wanted.services)),
        )

    def changes(self) -> tuple[Change, ...]:
        named = [Change("namespace", None, self.namespace)] if self.namespace else []
        definitions = [
            Change(f"task definition {each['family']}", None, ", ".join(images_of(each)))
            for each in self.wanted.definitions
        ]
        services = [
            Change(f"service {each['serviceName']}", None, f"{each.get('desiredCount', 1)} × {each['taskDefinition']}")
            for each in self.wanted.services
        ]
        return (*named, *definitions, *services)

    def checks(self) -> tuple[Check, ...]:
        groups = self._log_groups()
        found = [
            check
            for each in self.wanted.definitions
            for check in definition_checks(self.context, each, groups, new_role(self.context, each))
        ]
        return tuple(dict.fromkeys(found))

    def live_checks(self) -> tuple[LiveCheck, ...]:
        found = [check for each in self.wanted.definitions for check in live_checks(self.context, each)]
        return tuple({check.title: check for check in found}.values())

    def observes(self) -> tuple[Observation, ...]:
        """Return that none of the services exists."""
        return tuple(
            Observation(
                "service_state",
                {"cluster": self.cluster, "service": each["serviceName"]},
                None,
                f"The service {each['serviceName']}",
                (Effect(f"service_{number}", {}),),
            )
            for number, each in enumerate(self.wanted.services)
        )

    def cost(self) -> Estimate | None:
        return total(self._costs())

    def _create(self, number: int, service: Mapping[str, Any]) -> Step:
        arn = ref(f"definition_{self.wanted.definition_of(service)}.taskDefinition.taskDefinitionArn")
        document = {**service, "taskDefinition": arn, "tags": with_step_tag(service.get("tags", []))}
        return create_step(self.cluster, document, f"service_{number}")

    def _log_groups(self) -> list[str]:
        found = [group for each in self.wanted.definitions for group in missing_log_groups(self.context, each)]
        return list(dict.fromkeys(found))

    def _costs(self) -> Iterator[Estimate]:
        """Yield the cost of the tasks on Fargate."""
        for each in self.wanted.services:
            definition = self.wanted.definitions[self.wanted.definition_of(each)]
            if each.get("launchType") == "FARGATE":
                size = {"cpu": cpu_units(str(definition["cpu"])), "memory": memory_mib(str(definition["memory"]))}
                yield definition_cost(self.context.scope.region, {**definition, **size}, each.get("desiredCount", 1))
