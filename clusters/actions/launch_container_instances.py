from collections.abc import Mapping
from typing import Any

from django import forms

from clusters.forms.launch import WATCHES, LaunchFields
from clusters.models import Cluster
from clusters.planning import roles
from clusters.planning.base import ClusterAction
from clusters.planning.capacity_advice import providers_with_group, strategy_checks
from clusters.planning.launching import NOT_KNOWN_YET, Launch, launch_changes, launch_checks, profile_steps
from clusters.planning.roles import NOT_KNOWN_SECONDS
from ecsdash.aws.prices import instances_monthly
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Danger, LiveCheck, Observation, Plan, Repeat, Step
from ecsdash.operations.refs import ref
from ecsdash.web.formatting import counted

MOST_AT_ONCE = 50


class LaunchContainerInstancesForm(LaunchFields):
    number = forms.IntegerField(label="Number of instances", min_value=1, max_value=MOST_AT_ONCE, initial=1)


@register
class LaunchContainerInstances(ClusterAction):
    name = "launch_container_instances"
    label = "Launch instances"
    danger = Danger.NONE
    creates = "container_instance"
    path = "clusters/<str:cluster>/instances/launch/"
    icon = "server-2"
    form_class = LaunchContainerInstancesForm
    template = "clusters/launch_container_instances.html"
    watches = ("clusters", *WATCHES)
    calls = (
        *roles.CALLS,
        "iam.create_instance_profile",
        "iam.add_role_to_instance_profile",
        "ec2.run_instances",
    )

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster: Cluster = context.resource
        number, launch = data["number"], Launch.of(cluster.name, data)
        runs = tuple(_run(launch, subnet, count) for subnet, count in _shares(launch, number))
        dry = LiveCheck("launch_dry_run", "EC2 accepts the launch", {"params": launch.dry_run()})
        return Plan(
            summary=f"Launch {counted(number, 'container instance')} in {cluster.name}",
            resource_key=f"{cluster.arn}/launch",
            resource_name=cluster.name,
            steps=(*profile_steps(launch), *runs, _registered(launch, [run.key for run in runs])),
            changes=(Change("instances", None, number), *launch_changes(launch)),
            checks=(*launch_checks(launch), *strategy_checks(context, cluster)),
            live_checks=() if launch.makes_profile else (dry,),
            observes=(Observation("cluster_state", {"cluster": cluster.name}, {}, f"Cluster {cluster.name}"),),
            touches=("clusters", "container_instances"),
            cost=instances_monthly(context.scope.region, launch.instance_type.name, number, launch.disk),
        )

    def extra_context(self, context: ActionContext, form: ActionForm) -> dict[str, Any]:
        return {"providers": providers_with_group(context, context.resource)}


def _shares(launch: Launch, number: int) -> list[tuple[str, int]]:
    """Return the number of instances for each subnet. The numbers differ by one at most."""
    names = [subnet.name for subnet in launch.subnets]
    counts = [number // len(names) + (position < number % len(names)) for position in range(len(names))]
    return [(name, count) for name, count in zip(names, counts, strict=True) if count]


def _run(launch: Launch, subnet: str, count: int) -> Step:
    return Step(
        f"run_{subnet}",
        f"Launch {counted(count, 'instance')} in {subnet}",
        "ec2.run_instances",
        launch.run(subnet, count),
        repeat=Repeat.TOKEN,
        token_param="ClientToken",  # noqa: S106
        retry_on=NOT_KNOWN_YET if launch.makes_profile else (),
        timeout=NOT_KNOWN_SECONDS,
    )


def _registered(launch: Launch, runs: list[str]) -> Step:
    return Step(
        "register",
        "Wait until all instances are registered in the cluster",
        until="instances_registered",
        until_params={"cluster": launch.cluster, "launched": [ref(f"{key}.Instances") for key in runs]},
    )
