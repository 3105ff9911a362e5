"""Steps of what deployments shift traffic with, and the parameters of CreateService that name it."""

from collections.abc import Mapping
from typing import Any

from ecsdash.operations.plan import Step
from ecsdash.operations.refs import ref
from services.forms.load_balancer import EXISTING_LISTENER
from services.forms.target_group import NETWORK
from services.models import Listener
from services.planning.load_balancing.steps import key_of, new_listener, new_target_group, rule_for_all


def shifting_steps(
    data: Mapping[str, Any], balancer: Any, owner: str, existing: Listener | None = None
) -> tuple[Step, ...]:
    """Return the rule for production traffic of a new listener, and the test listener with its rule.

    ECS shifts the traffic of rules; network load balancers have none, and it shifts that of the listeners.
    """
    if not data["shift"]:
        return ()
    found = []
    if existing is None and data["balancer_type"] != NETWORK:
        found.append(rule_for_all("production_rule", data, _arn("listener", data), owner))
    if data["test_port"]:
        protocol, data = _protocol(data, existing)
        found.append(new_listener("test_listener", data, balancer, owner, protocol, data["test_port"]))
        if data["balancer_type"] != NETWORK:
            found.append(rule_for_all("test_rule", data, _arn("test_listener", data), owner))
    return tuple(found)


def shifted(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `advancedConfiguration` of a load balancer of CreateService."""
    network = data["balancer_type"] == NETWORK
    rule = "rule" if data["balancer"] == EXISTING_LISTENER else "production_rule"
    test = _arn("test_listener", data) if network else ref(f"{key_of('test_rule', data)}.Rules.0.RuleArn")
    return {
        "alternateTargetGroupArn": new_target_group(data, "alternate_group"),
        "productionListenerRule": _arn("listener", data) if network else ref(f"{key_of(rule, data)}.Rules.0.RuleArn"),
        **({"testListenerRule": test} if data["test_port"] else {}),
        "roleArn": data["shift_role"],
    }


def _arn(key: str, data: Mapping[str, Any]) -> dict[str, str]:
    return ref(f"{key_of(key, data)}.Listeners.0.ListenerArn")


def _protocol(data: Mapping[str, Any], existing: Listener | None) -> tuple[str, Mapping[str, Any]]:
    """Return the protocol of the test listener, that of the production listener, and the data with its certificate."""
    if existing is None:
        return str(data["listener_protocol"]), data
    certificates = existing.description.get("Certificates")
    return existing.protocol, {**data, "certificate": certificates[0]["CertificateArn"] if certificates else ""}
