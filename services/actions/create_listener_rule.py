from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Check, Effect, Observation, Plan, PlanError, Repeat, Step, Undo
from ecsdash.operations.refs import STEP_ID, STEP_TAG, ref
from services.documents.listener_rule import actions, conditions
from services.forms.edit_listener_rule import CreateRuleForm, next_free, usable_listeners
from services.forms.load_balancer import EXISTING_LISTENER
from services.forms.rule_action import action_of
from services.models import WITH_RULES, Listener
from services.planning.listener_rules.checks import clashes, target_checks
from services.planning.listener_rules.routing import Wanted, moved
from services.planning.listener_rules.rule_action import TOUCHED, RuleAction, label_of, others, predicted
from services.planning.load_balancing.certificates import certificate_checks
from services.planning.load_balancing.quotas import rule_quota
from services.selectors.listeners import Reader, Rule


@register
class CreateListenerRule(RuleAction):
    name = "create_listener_rule"
    label = "Create rule"
    path = "load-balancers/<str:load_balancer>/rules/new/"
    form_class = CreateRuleForm
    template = "services/load_balancers/create_rule.html"
    icon = "plus"
    calls = ("elbv2.create_rule",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        listener: Listener = data["listener"]
        wanted = _wanted(listener, data)
        reader = Reader(context.user, context.scope)
        rules, default = others(reader, listener), reader.default(listener)
        changes = tuple(moved(rules, default, wanted=wanted))
        return Plan(
            summary=f"Create a rule for {wanted.words} on {label_of(context, listener)}",
            resource_key=listener.arn,
            resource_name=label_of(context, listener),
            steps=(_step(listener, wanted, chosen=data["priority"] is not None),),
            changes=changes,
            checks=(*predicted(changes), *_checks(context, reader, listener, rules, wanted)),
            observes=_observed(context, listener, data["priority"]),
            undo=Undo(
                "delete_listener_rule",
                "delete the rule",
                context.resource.url_kwargs(),
                {"rule": ref("create.Rules.0.RuleArn")},
            ),
            touches=TOUCHED,
        )

    def choices(self, context: ActionContext) -> Sequence[Any]:
        return usable_listeners(context)

    def unavailable(self, resource: Any) -> str:
        rows = Listener.objects.in_scope(resource.account, resource.region).present()
        there = rows.filter(load_balancer_arn=resource.arn, protocol__in=WITH_RULES).exists()
        return super().unavailable(resource) or ("" if there else "The load balancer has no HTTP or HTTPS listener.")


def _wanted(listener: Listener, data: Mapping[str, Any]) -> Wanted:
    matching = [each["condition"] for each in data["conditions"]]
    if conditions.hidden(matching):
        raise PlanError("Enter the hidden values of the conditions: only AWS knows them.")
    priority = data["priority"] or next_free(listener)
    if priority is None:
        raise PlanError("All priorities of this listener are in use. Choose another listener.", "priority")
    return Wanted(priority, matching, action_of(data))


def _step(listener: Listener, wanted: Wanted, *, chosen: bool) -> Step:
    """Return the step. A priority that was not chosen may become another one."""
    number = f"{wanted.priority}" if chosen else f"{wanted.priority} or the next free one"
    return Step(
        "create",
        f"Create the rule with priority {number}",
        "elbv2.create_rule",
        {
            "ListenerArn": listener.arn,
            "Priority": wanted.priority,
            "Conditions": conditions.parameters(wanted.conditions),
            "Actions": actions.parameters([wanted.action]),
            "Tags": [{"Key": STEP_TAG, "Value": STEP_ID}],
        },
        repeat=Repeat.LOOKUP,
        lookup="rule_of_step",
        retry_on=() if chosen else ("PriorityInUse",),
        adjust="" if chosen else "next_free_priority",
    )


def _checks(
    context: ActionContext, reader: Reader, listener: Listener, rules: Sequence[Rule], wanted: Wanted
) -> Iterator[Check]:
    yield from clashes(rules, wanted)
    yield from target_checks(reader, listener.load_balancer_arn, wanted)
    yield from rule_quota(reader.listeners[listener.load_balancer_arn])
    hosts = [value for each in wanted.conditions if each["field"] == conditions.HOST for value in each["values"]]
    named = {"balancer": EXISTING_LISTENER, "listener": listener.arn, "rule_hosts": hosts}
    yield from certificate_checks(context, named)


def _observed(context: ActionContext, listener: Listener, chosen: int | None) -> tuple[Observation, ...]:
    """Return the observations of the listener, and of the chosen priority, which must be free."""
    label = label_of(context, listener)
    values = {"protocol": listener.protocol, "port": listener.port}
    there = Observation("listener", {"listener": listener.arn}, values, f"The listener {label}")
    if chosen is None:
        return (there,)
    identity = {"listener": listener.arn, "priority": chosen}
    free = Observation(
        "listener_rule", identity, None, f"A rule of priority {chosen} on {label}", (Effect("create", {}),)
    )
    return there, free
