from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Check, Effect, Level, Observation, Plan, Repeat, Step, Undo
from ecsdash.operations.refs import STEP_ID, STEP_TAG, ref
from services.documents.listener_rule import actions
from services.forms.edit_listener_rule import may_change
from services.forms.listener import CreateListenerForm
from services.forms.rule_action import action_of
from services.planning.listener_rules.listener_action import EVERYTHING, ListenerAction, encryption, routing_checks
from services.planning.listener_rules.rule_action import TOUCHED
from services.planning.load_balancing.quotas import listener_quota
from services.selectors.listeners import Reader


@register
class CreateListener(ListenerAction):
    name = "create_listener"
    label = "Create listener"
    path = "load-balancers/<str:load_balancer>/listeners/new/"
    form_class = CreateListenerForm
    template = "services/load_balancers/create_listener.html"
    icon = "plus"
    calls = ("elbv2.create_listener",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        balancer, action = context.resource, action_of(data)
        label = f"{balancer.name} {data['protocol']}:{data['port']}"
        identity = {"load_balancer": balancer.arn, "port": data["port"]}
        return Plan(
            summary=f"Create the listener {label}",
            resource_key=balancer.arn,
            resource_name=label,
            steps=(_step(context, data, action),),
            changes=(Change(f"{EVERYTHING} on port {data['port']}", None, actions.words([action])),),
            checks=tuple(_checks(context, data, action)),
            observes=(
                Observation("listener_on_port", identity, None, f"Port {data['port']}", (Effect("create", {}),)),
            ),
            undo=Undo(
                "delete_listener",
                "delete the listener",
                balancer.url_kwargs(),
                {"listener": ref("create.Listeners.0.ListenerArn")},
            ),
            touches=TOUCHED,
        )

    def choices(self, context: ActionContext) -> Sequence[Any]:
        return may_change(context, "load_balancer", [context.resource])

    def unavailable(self, resource: Any) -> str:
        application = resource.description.get("Type", "application") == "application"
        return super().unavailable(resource) or ("" if application else "Only application load balancers are changed.")


def _step(context: ActionContext, data: Mapping[str, Any], action: dict[str, Any]) -> Step:
    return Step(
        "create",
        f"Create the {data['protocol']} listener on port {data['port']}",
        "elbv2.create_listener",
        {
            "LoadBalancerArn": context.resource.arn,
            "Protocol": data["protocol"],
            "Port": data["port"],
            **encryption(data["protocol"], data["certificate"]),
            "DefaultActions": actions.parameters([action]),
            "Tags": [{"Key": STEP_TAG, "Value": STEP_ID}],
        },
        repeat=Repeat.LOOKUP,
        lookup="listener_of_step",
    )


def _checks(context: ActionContext, data: Mapping[str, Any], action: dict[str, Any]) -> Iterator[Check]:
    reader = Reader(context.user, context.scope)
    present = reader.listeners[context.resource.arn]
    if any(row.port == data["port"] for row in present):
        used = f"Ports in use: {', '.join(str(row.port) for row in present)}."
        yield Check(Level.BLOCK, f"Port {data['port']} already has a listener", used, "Enter another port.")
    yield from routing_checks(context, reader, data["protocol"], data["certificate"], action)
    yield from listener_quota(present)
    fix = f"Allow inbound traffic on port {data['port']} in the security groups of the load balancer."
    detail = "A listener opens a port of the load balancer, not its security groups."
    yield Check(Level.UNCHECKED, "Not checked whether clients reach the port", detail, fix)
