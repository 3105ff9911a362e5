"""Changes made outside the dashboard, on the pages of services and task definitions."""

from typing import Any

from django.db.models import Q

from ecsdash.external_changes.selectors import Notice, notices
from ecsdash.inventory.scope import Scope
from services.models import Listener, Service


def of_service(user: Any, scope: Scope, service: Service) -> list[Notice]:
    """Return those of the service, and of the load balancing before it: who sees the service sees its listeners."""
    listeners = _listeners(service)
    arns = {*service.target_group_arns, *(each.arn for each in listeners)}
    arns |= {each.load_balancer_arn for each in listeners}
    arns |= {rule["arn"] for each in listeners for rule in each.rules}
    placed = Q(cluster_name=service.cluster_name, service_name=service.name)
    return notices(user, scope, placed | Q(resource_arn__in=arns))


def of_family(user: Any, scope: Scope, family: str) -> list[Notice]:
    return notices(user, scope, Q(resource_type="task_definition", service_name=family, cluster_name=""))


def _listeners(service: Service) -> list[Listener]:
    """Return the listeners that send requests to the service, by default or by a rule."""
    groups = set(service.target_group_arns)
    rows = Listener.objects.in_scope(service.account, service.region).present() if groups else ()
    return [row for row in rows if groups & {*row.target_group_arns, *_behind_rules(row)}]


def _behind_rules(listener: Listener) -> set[str]:
    return {arn for rule in listener.rules for arn in rule["target_group_arns"]}
