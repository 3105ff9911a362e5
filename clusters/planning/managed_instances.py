"""Steps, changes and checks of capacity providers of ECS Managed Instances."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clusters.documents.managed_instances import PROVIDER, REQUIREMENTS, TEMPLATE
from clusters.forms.managed_instances.form import instance_profiles
from clusters.models import InstanceType, Role, Subnet
from clusters.planning.launching import CLUSTER_TAG
from ecsdash.aws.arns import ec2_principal
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level, Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG

Json = Mapping[str, Any]
CREATED_SECONDS: Final = 600
#: The managed policy of the infrastructure role passes only roles whose names begin so.
PASSED_ROLES: Final = "ecsInstanceRole"
SHOWN_TYPES: Final = 5


def create_step(cluster: str, document: Json) -> Step:
    """Return the call. It associates the provider with the cluster."""
    name = document["name"]
    own = [{"key": CLUSTER_TAG, "value": cluster}, {"key": STEP_TAG, "value": STEP_ID}]
    return Step(
        "capacity_provider",
        f"Create the capacity provider {name}",
        "ecs.create_capacity_provider",
        {**document, "cluster": cluster, "tags": [*document.get("tags", []), *own]},
        repeat=Repeat.LOOKUP,
        lookup="capacity_provider_made",
        until="capacity_provider_created",
        until_params={"capacity_provider": name, "cluster": cluster},
        timeout=CREATED_SECONDS,
    )


def update_step(name: str, cluster: str, document: Json) -> Step:
    return Step(
        "update",
        "Change the settings of the instances",
        "ecs.update_capacity_provider",
        {"name": name, "cluster": cluster, **document},
        retry_on=("UpdateInProgressException",),
        until="capacity_provider_updated",
        until_params={"capacity_provider": name, "cluster": cluster},
        timeout=CREATED_SECONDS,
    )


def provider_checks(context: ActionContext, document: Json) -> Iterator[Check]:
    """Yield checks of the roles, the network and the instance types, from the inventory."""
    provider = document[PROVIDER]
    template = provider[TEMPLATE]
    yield _role_check(context, template["ec2InstanceProfileArn"])
    yield from _network_checks(context, template["networkConfiguration"]["subnets"])
    yield from _type_checks(context, template.get(REQUIREMENTS) or {})
    if template.get("capacityOptionType") == "SPOT":
        yield Check(Level.WARN, "AWS can take Spot instances back at any time", "Their tasks get two minutes to stop.")


def _role_check(context: ActionContext, profile: str) -> Check:
    """Return the check that EC2 may assume the role of the instances, and that ECS may pass it."""
    rows = {row.arn: row for row in instance_profiles(context)}
    name = rows[profile].role_name if profile in rows else ""
    role = choices(Role, context.user, context.scope).filter(name=name).first() if name else None
    if role is not None and ec2_principal(context.scope.region) not in role.trusts:
        title = f"The role {name} of the instance profile does not trust EC2"
        return Check(Level.WARN, title, "Instances cannot use it.", "Change its trust policy.")
    if name and not name.startswith(PASSED_ROLES):
        title = f"The infrastructure role must be allowed to pass {name}"
        detail = f"The managed policy of AWS allows roles only whose names begin with {PASSED_ROLES}."
        return Check(Level.WARN, title, detail, "Add iam:PassRole for this role to the infrastructure role.")
    return Check(Level.OK, f"The instances use the role {name}" if name else "The instance profile stays as it is")


def _network_checks(context: ActionContext, names: list[str]) -> Iterator[Check]:
    rows = list(choices(Subnet, context.user, context.scope).filter(name__in=names))
    private = [row.title for row in rows if not row.public]
    if private:
        title = f"{len(private)} of {len(names)} subnets do not assign public IP addresses"
        fix = f"Verify that these subnets have a NAT gateway or VPC endpoints for ECS: {', '.join(private)}"
        yield Check(Level.WARN, title, "The instances must reach ECS.", fix)
    zones = {row.availability_zone for row in rows}
    if len(zones) == 1:
        title = f"All subnets are in {zones.pop()}"
        detail = "An outage of this Availability Zone affects all instances."
        yield Check(Level.WARN, title, detail, "Select subnets in two or more Availability Zones.")


def _type_checks(context: ActionContext, requirements: Json) -> Iterator[Check]:
    """Yield how many of the known instance types have the vCPUs and the memory. Other requirements are not known."""
    known = list(choices(InstanceType, context.user, context.scope))
    if not requirements or not known:
        return
    fitting = sorted(
        (row for row in known if _within(row.vcpus, requirements.get("vCpuCount") or {})
         and _within(row.memory, requirements.get("memoryMiB") or {})),
        key=lambda row: (row.vcpus, row.memory, row.name),
    )  # fmt: skip
    if fitting:
        some = ", ".join(row.name for row in fitting[:SHOWN_TYPES])
        title = f"{len(fitting)} of the {len(known)} known instance types have the vCPUs and the memory"
        yield Check(Level.OK, title, f"The smallest: {some}.")
    else:
        title = "None of the known instance types has the vCPUs and the memory"
        yield Check(Level.WARN, title, "Tasks would wait for instances.", "Widen the limits.")


def _within(value: int, limits: Json) -> bool:
    return bool(limits.get("min", 0) <= value <= limits.get("max", value))
