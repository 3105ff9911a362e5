from collections.abc import Mapping
from typing import Any

from ecsdash.aws.prices import load_balancer_monthly
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Plan
from services.models import Listener, LoadBalancer
from services.planning.load_balancing.leftovers import DeleteLeftover, deletion, lost, targets_observed, users_check


@register
class DeleteLoadBalancer(DeleteLeftover):
    """Delete a load balancer that no service uses, with its listeners and rules. Its target groups stay."""

    name = "delete_load_balancer"
    label = "Delete load balancer"
    resource_type = LoadBalancer
    path = "load-balancers/<str:load_balancer>/delete/"
    calls = ("elbv2.delete_load_balancer",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        row: LoadBalancer = context.resource
        listeners = list(Listener.objects.in_scope(row.account, row.region).present().filter(load_balancer_arn=row.arn))
        groups = {arn for each in listeners for arn in each.target_group_arns}
        groups |= {arn for each in listeners for rule in each.rules for arn in rule["target_group_arns"]}
        return lost(
            "load balancer",
            row,
            steps=(
                deletion(row, "elbv2.delete_load_balancer", "LoadBalancerArn", "load balancer", "LoadBalancerNotFound"),
            ),
            changes=(
                Change("load balancer", row.name, None),
                *(Change(f"listener {each.label}", "and its rules", None) for each in listeners),
            ),
            checks=(users_check(context, groups, "No service registers tasks behind it"),),
            observes=(targets_observed({"load_balancer": row.arn}, f"What is registered behind {row.name}"),),
            risks=(f"The address {row.dns_name} is lost: a new load balancer gets another one.",),
            cost=-load_balancer_monthly(row.region),
        )
