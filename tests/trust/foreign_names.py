"""What a plan names that belongs to others: decided from the estate alone, without the product's judgement.

An ARN or ID counts wherever it stands in the parameters of a call. A name counts where AWS takes the name of such a
thing. Text that AWS only stores or hands to a container (values of variables, commands, tags) names nothing. New names
of a policy, an alarm or a scheduled action are such text, and so is a metric of CloudWatch: it is only read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.trust.random_estate import SHARED, SHARED_KINDS, Estate, Person, Thing

TEXT: Final = (
    "environment", "command", "entryPoint", "healthCheck", "dockerLabels", "tags", "Tags", "startedBy", "reason",
    "Description", "TagSpecifications", "UserData", "AssumeRolePolicyDocument", "SecretString",
    "ScheduledActionName", "PolicyName", "AlarmName", "Namespace", "MetricName", "Dimensions",
)  # fmt: skip
#: Where AWS takes names: the kind by the key of the parameter, or by the call and the key.
NAMES: Final[dict[str, str]] = {
    "family": "task_definition", "taskDefinition": "task_definition", "RoleName": "role", "taskRoleArn": "role",
    "executionRoleArn": "role", "RoleARN": "role", "infrastructureRoleArn": "role",
    "ec2InstanceProfileArn": "instance_profile",
    "InstanceProfileName": "instance_profile", "IamInstanceProfile": "instance_profile",
    "logGroupName": "log_group", "awslogs-group": "log_group", "capacityProvider": "capacity_provider",
    "capacityProviders": "capacity_provider", "ecs.create_capacity_provider name": "capacity_provider",
    "taskDefinitions": "task_definition", "ecs.update_capacity_provider name": "capacity_provider",
    "autoScalingGroupArn": "auto_scaling_group", "AutoScalingGroupName": "auto_scaling_group",
    "AutoScalingGroupNames": "auto_scaling_group",
    "LaunchTemplateName": "launch_template", "KeyName": "key_pair", "GroupName": "security_group",
    "elbv2.create_load_balancer Name": "load_balancer", "elbv2.create_target_group Name": "target_group",
    "secretsmanager.create_secret Name": "secret", "valueFrom": "secret", "credentialsParameter": "secret",
    "servicediscovery.create_http_namespace Name": "namespace", "namespace": "namespace",
    "fileSystemId": "file_system", "FileSystemId": "file_system",
}  # fmt: skip
PASSING: Final = (
    "taskRoleArn",
    "executionRoleArn",
    "RoleARN",
    "infrastructureRoleArn",
    "ec2InstanceProfileArn",
    "IamInstanceProfile",
    "iam.add_role_to_instance_profile RoleName",
)
#: Where AWS takes a name and refuses an ARN.
NAMES_ONLY: Final = ("logGroupName", "awslogs-group")
#: What these calls change is their subject; everything else in their parameters is used.
SUBJECTS: Final[dict[str, str]] = {
    "ecs.register_task_definition": "family", "ecs.deregister_task_definition": "taskDefinition",
    "ecs.delete_task_definitions": "taskDefinitions", "ecs.update_capacity_provider": "name",
    "autoscaling.update_auto_scaling_group": "AutoScalingGroupName",
    "ecs.create_capacity_provider": "name", "ecs.delete_capacity_provider": "capacityProvider",
    "elbv2.create_load_balancer": "Name", "elbv2.delete_load_balancer": "LoadBalancerArn",
    "elbv2.create_target_group": "Name", "elbv2.delete_target_group": "TargetGroupArn",
    "elbv2.create_listener": "LoadBalancerArn", "elbv2.delete_listener": "ListenerArn",
    "elbv2.delete_rule": "RuleArn", "elbv2.modify_rule": "RuleArn", "elbv2.set_rule_priorities": "RuleArn",
    "elbv2.modify_target_group_attributes": "TargetGroupArn",
    "iam.create_role": "RoleName", "iam.put_role_policy": "RoleName", "iam.attach_role_policy": "RoleName",
    "iam.delete_role": "RoleName", "iam.delete_role_policy": "RoleName", "iam.detach_role_policy": "RoleName",
    "iam.create_instance_profile": "InstanceProfileName", "iam.add_role_to_instance_profile": "InstanceProfileName",
    "logs.create_log_group": "logGroupName", "logs.delete_log_group": "logGroupName",
    "secretsmanager.create_secret": "Name", "secretsmanager.delete_secret": "SecretId",
    "servicediscovery.create_http_namespace": "Name", "efs.delete_file_system": "FileSystemId",
    "autoscaling.create_auto_scaling_group": "AutoScalingGroupName",
    "autoscaling.delete_auto_scaling_group": "AutoScalingGroupName",
    "ec2.create_launch_template": "LaunchTemplateName", "ec2.delete_launch_template": "LaunchTemplateId",
    "ec2.create_security_group": "GroupName", "ec2.delete_security_group": "GroupId",
    "ec2.authorize_security_group_ingress": "GroupId", "ec2.revoke_security_group_ingress": "GroupId",
}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A thing that a call names in the parameter `key`."""

    thing: Thing
    call: str
    key: str

    @property
    def changes(self) -> bool:
        return SUBJECTS.get(self.call) == self.key

    @property
    def passes(self) -> bool:
        return self.key in PASSING or f"{self.call} {self.key}" in PASSING

    def __str__(self) -> str:
        owner = self.thing.owner or f"nobody, used at {sorted(self.thing.places)}"
        return f"{self.call} names the {self.thing.kind} {self.thing.name} of {owner} as {self.key}"


@dataclass
class Oracle:
    """Says what a person may not reach, for calls that need a permission."""

    estate: Estate
    person: Person
    permission: str

    def foreign(self, call: str, params: Mapping[str, Any]) -> list[str]:
        """Return what the call names that the person may not reach, as texts."""
        kept = self._kept(call, params)
        found = [str(each) for each in self.things(call, params) if not self._may(each, kept)]
        return [*found, *self._places(call, params)]

    def offers(self, thing: Thing, kept: set[str]) -> bool:
        """Return whether a form may offer the thing. `kept`: the names of what its subject names today."""
        key = "taskRoleArn" if thing.kind in ("role", "instance_profile") else "offered"
        return self._may(Named(thing, "form", key), kept)

    def things(self, call: str, params: Mapping[str, Any]) -> Iterator[Named]:
        """Yield the things that the call names, and what it would create that a rule gives to a team already."""
        for key, value in leaves(params):
            for thing in self.estate.things:
                kind = NAMES.get(f"{call} {key}", NAMES.get(key, ""))
                by_name = thing.kind == kind and _contains(value, thing.name)
                by_key = key not in NAMES_ONLY and any(_contains(value, each) for each in thing.keys)
                if by_name or by_key:
                    yield Named(thing, call, key)
            yield from self._new(call, key, value)

    def _new(self, call: str, key: str, value: str) -> Iterator[Named]:
        """Yield a thing that does not exist yet, if a rule already gives its name to a team."""
        kind = NAMES.get(f"{call} {key}", NAMES.get(key, ""))
        with_revision = value.startswith("arn:") or kind == "task_definition"
        name = value.rpartition("/")[2].partition(":")[0] if with_revision else value
        known = any(each.kind == kind and each.name == name for each in self.estate.things)
        owner = self.estate.owned(kind, name.removeprefix("/ecs/").partition("-")[0], "")
        if kind and owner and not known and kind not in SHARED_KINDS and not value.startswith("arn:aws:secrets"):
            yield Named(Thing(kind, name, (), "", owner), call, key)

    def _may(self, named: Named, kept: set[str]) -> bool:
        thing, person = named.thing, self.person
        if named.passes and person.passes(self.permission, thing.name):
            return True
        if person.everywhere(self.permission) and not named.passes:
            return True
        if thing.owner in person.teams or (thing.owner == SHARED and not named.changes):
            return True
        if thing.owner == SHARED and thing.kind == "listener_rule":
            return self._unowned(named)
        if thing.owner:
            return False
        return (thing.name in kept and not named.changes) or (not named.passes and self._unowned(named))

    def _unowned(self, named: Named) -> bool:
        """Return whether the person may reach a thing that no rule names: by the places that use it."""
        thing = named.thing
        held = [place for place in thing.places if self.person.holds(self.permission, place)]
        if thing.kind == "task_definition" and not thing.places:
            return self.person.holds(self.permission, ("", thing.name))
        if thing.kind == "security_group" and not named.changes:
            return bool(held)
        return bool(thing.places) and len(held) == len(thing.places)

    def _kept(self, call: str, params: Mapping[str, Any]) -> set[str]:
        """Return the names of what the subject of the call names today, and may go on to use."""
        if call == "ecs.register_task_definition":
            return self.estate.families.get(params["family"], set())
        cluster = str(params.get("cluster", "")).rpartition("/")[2]
        if call == "ecs.update_service":
            return self.estate.services.get((cluster, str(params["service"]).rpartition("/")[2]), set())
        if call != "ecs.run_task":
            return set()
        family = str(params["taskDefinition"]).rpartition("/")[2].partition(":")[0]
        held = [place for place, key in self.estate.running.items() if f"/{family}:" in key and place[0] == cluster
                and self.person.holds(self.permission, place)]  # fmt: skip
        return {name for place in held for name in self.estate.services.get(place, ())}

    def _places(self, call: str, params: Mapping[str, Any]) -> Iterator[str]:
        """Yield the clusters, services, tasks and instances that the call names and the person does not hold."""
        for key, value in leaves(params):
            for cluster in self.estate.clusters:
                named = key in ("cluster", "clusterName") and _contains(value, cluster)
                if named and not self.person.reaches_into(self.permission, cluster):
                    yield f"{call} names the cluster {cluster}"
            for places in (self.estate.services, self.estate.tasks.values(), self.estate.instances.values()):
                yield from self._placed(call, value, places)
            for instance, cluster in self.estate.instances.items():
                if _contains(value, instance) and not self.person.holds(self.permission, (cluster, "")):
                    yield f"{call} names the instance {instance} of {cluster}"

    def _placed(self, call: str, value: str, places: Any) -> Iterator[str]:
        for place in places:
            cluster, name = (place, "") if isinstance(place, str) else place
            path = f"/{cluster}/{name}"
            if name and path in value and not self.person.holds(self.permission, (cluster, name)):
                yield f"{call} names {value}"


def leaves(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in the parameters of a call with the key that it is found under, without what is only text.
    The `Name` of an instance profile counts under the key of the profile."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            inner = key if key == "IamInstanceProfile" or name.startswith("$") else name
            if name not in TEXT:
                yield from leaves(value, inner)
    elif isinstance(data, list | tuple):
        for each in data:
            yield from leaves(each, key)
    elif isinstance(data, str):
        yield key, data


def _contains(text: str, name: str) -> bool:
    """Return whether the text contains the name as a whole word: `shop-a` is not in `shop-a-b` or `x/shop-a`."""
    return name in text and re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w-])", text) is not None
