from collections.abc import Iterable, Mapping
from typing import Any

from ecsdash.operations.actions import ACTIONS, ActionContext, register
from ecsdash.operations.plan import Plan
from ecsdash.web.formatting import counted
from services.models import Service
from services.planning.several import SeveralServicesAction


@register
class RestartServices(SeveralServicesAction):
    """Replace all tasks of selected services, each by a new deployment of what it runs."""

    name = "restart_services"
    label = "Restart services"
    path = "services/restart/"
    template = "services/services/choose_several.html"
    icon = "refresh"
    calls = ("ecs.update_service",)
    alone = "force_new_deployment"

    def of_service(self, context: ActionContext, service: Service, data: Mapping[str, Any]) -> Plan:
        return ACTIONS[self.alone].plan(context, data)

    def summary(self, plans: Iterable[Plan], data: Mapping[str, Any]) -> str:
        return f"Replace all tasks of {counted(len(list(plans)), 'service')}"
