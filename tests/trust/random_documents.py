"""Random documents of ECS for forms that edit one: valid ones with things of a team, and names put into any place."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from ecsdash.aws import shapes
from tests.trust.random_estate import Estate

Document = dict[str, Any]
#: The call whose parameters the document of a form is, by the name of the action.
CALLS: Final = {
    "register_task_definition": "ecs.register_task_definition",
    "deploy_changes": "ecs.register_task_definition",
    "create_service": "ecs.create_service",
    "create_services": "ecs.create_service",
    "edit_service": "ecs.create_service",
    "run_task": "ecs.run_task",
    "create_managed_instances": "ecs.create_capacity_provider",
    "edit_managed_instances": "ecs.update_capacity_provider",
}
FARGATE: Final = {
    "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
}  # fmt: skip
OPTIONS: Final = ("awslogs-group", "config-file-value", "any")  # keys of maps of strings
#: Texts that name nothing and would only make the document invalid.
NO_NAMES: Final = ("family", "name", "cpu", "memory", "serviceName", "cluster", "clientToken")


@dataclass
class RandomDocument:
    """`name` returns a new name of the team, or the name of somebody's thing."""

    random: Random
    estate: Estate
    action: str
    team: str
    name: Callable[[], str]

    def valid(self, base: Document) -> Document:
        """Return the document of an opened form with what it needs, of things that the team may use."""
        if self.action == "register_task_definition":
            return {**self._definition(base), "family": self._family()}
        if self.action == "deploy_changes":
            return self._definition(base)
        if "managed" in self.action:
            return self._managed_instances(base)
        network = {"subnets": self._keys("subnet"), "securityGroups": self._keys("security_group")}
        placed = {
            "networkConfiguration": {"awsvpcConfiguration": {name: keys for name, keys in network.items() if keys}}
        }
        if self.action == "create_service":
            return {**base, **placed, "serviceName": self.name(), "taskDefinition": self._revision()}
        if self.action == "run_task":
            return {**base, **placed, "taskDefinition": self._revision(), "cluster": self._cluster()}
        return base if _has_subnets(base) else {**base, **placed}

    def launch_set(self) -> str:
        """Return a service and its task definition, sometimes with a name put into the service."""
        definition = {**self._definition(FARGATE), "family": self._family()}
        named = {"serviceName": self.name(), "taskDefinition": definition["family"]}
        service: Document = {**named, "launchType": "FARGATE", "desiredCount": 1}
        if self.random.random() < 0.3:
            self.put(service)
        return json.dumps({"definitions": [definition], "services": [service]})

    def put(self, document: Document) -> None:
        """Put a name at a random place that the call knows, creating what is above it."""
        self._put(document, shapes._shape(CALLS[self.action]))

    def _definition(self, base: Document) -> Document:
        containers = base.get("containerDefinitions") or [{}]
        named = [
            {**each, "name": each.get("name") or "app", "image": each.get("image") or "x:1"} for each in containers
        ]
        roles = self._keys("role")
        role = {"executionRoleArn": roles[0]} if roles else {}
        return {**role, **base, "containerDefinitions": named}

    def _managed_instances(self, base: Document) -> Document:
        provider = base.get("managedInstancesProvider") or {}
        roles = self._keys("role")
        template = {
            **provider.get("instanceLaunchTemplate", {}),
            "networkConfiguration": {"subnets": self._keys("subnet") or ["subnet-0"]},
        }
        for key in self._keys("instance_profile"):
            template["ec2InstanceProfileArn"] = key
        role = {"infrastructureRoleArn": roles[0]} if roles else {}
        named = {"name": self.name()} if "name" in base else {}
        return {**base, **named, "managedInstancesProvider": {**provider, **role, "instanceLaunchTemplate": template}}

    def _family(self) -> str:
        families = [each.name for each in self.estate.named("task_definition", self.team)]
        return self.random.choice([self.name(), self.random.choice(families)])

    def _revision(self) -> str:
        (key,) = self._keys("task_definition") or [self.name()]
        return key.rpartition("/")[2]

    def _cluster(self) -> str:
        return self.random.choice([name for name in self.estate.clusters if name.startswith((self.team, "mixed"))])

    def _keys(self, kind: str) -> list[str]:
        """Return the last key of a thing of the team, if it has one of this kind."""
        usable = [each for each in self.estate.usable(kind, self.team) if each.keys]
        return [self.random.choice(usable).keys[-1]] if usable else []

    def _put(self, target: Document, shape: Any) -> None:
        name = self.random.choice(sorted(shape.members))
        member = shape.members[name]
        if member.type_name == "string" and name not in NO_NAMES:
            target[name] = self.random.choice(member.enum) if member.enum else self.name()
        elif member.type_name == "boolean":
            target[name] = True
        elif member.type_name == "structure":
            self._put(target.setdefault(name, {}), member)
        elif member.type_name == "map":
            target.setdefault(name, {})[self.random.choice(OPTIONS)] = self.name()
        elif member.type_name == "list":
            self._put_in_list(target, name, member.member)

    def _put_in_list(self, target: Document, name: str, member: Any) -> None:
        listed = target.setdefault(name, [])
        if member.type_name == "structure":
            if not listed or self.random.random() < 0.3:
                listed.append({each: self._empty(member.members[each]) for each in member.required_members})
            self._put(self.random.choice(listed), member)
        elif member.type_name == "string":
            listed.append(self.random.choice(member.enum) if member.enum else self.name())

    def _empty(self, member: Any) -> Any:
        """Return a value for a member that ECS requires."""
        if member.type_name == "string":
            return member.enum[0] if member.enum else self.name()
        return {"list": [], "structure": {}, "map": {}, "integer": 1}.get(member.type_name)


def _has_subnets(service: Document) -> bool:
    return bool(service.get("networkConfiguration", {}).get("awsvpcConfiguration", {}).get("subnets"))
