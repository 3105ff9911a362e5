from collections.abc import Mapping
from typing import Any

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Check, Level, Plan
from services.models import TargetGroup
from services.planning.load_balancing.leftovers import DeleteLeftover, deletion, lost, targets_observed, users_check


@register
class DeleteTargetGroup(DeleteLeftover):
    """Delete a target group that no service and no listener uses."""

    name = "delete_target_group"
    label = "Delete target group"
    resource_type = TargetGroup
    path = "target-groups/<str:target_group>/delete/"
    calls = ("elbv2.delete_target_group",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        row: TargetGroup = context.resource
        return lost(
            "target group",
            row,
            steps=(
                deletion(row, "elbv2.delete_target_group", "TargetGroupArn", "target group", "TargetGroupNotFound"),
            ),
            changes=(Change("target group", row.name, None),),
            checks=(users_check(context, {row.arn}, "No service registers tasks in it"), _listener_check(row)),
            observes=(targets_observed({"target_group": row.arn}, f"What is registered in {row.name}"),),
        )


def _listener_check(row: TargetGroup) -> Check:
    if not row.load_balancer_arns:
        return Check(Level.OK, "No listener forwards to it")
    fix = "Change or delete the listeners and rules that forward to it first."
    return Check(Level.BLOCK, "Listeners forward to it", "AWS deletes only target groups without listeners.", fix)
