"""Fields of a new Cloud Map service, in which ECS registers the tasks of a service."""

import re
from typing import Any, Final

from django import forms

from clusters.forms.offers import offer
from ecsdash.operations.actions import ActionForm
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.forms.load_balancer import EMPTY_OPTION, ports_of
from services.models import Namespace, TaskDefinition

#: Labels of a DNS name, as Cloud Map takes them in a namespace with DNS.
NAME: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")
A, SRV = "A", "SRV"
AWSVPC: Final = "awsvpc"


class NewRegistryFields(ActionForm):
    """Form fields; cleaned, `registry` has the members of `serviceRegistries` beside the ARN."""

    new_registry = forms.BooleanField(required=False, label="Create a Cloud Map service for the tasks")
    registry_namespace = required_where_shown(
        forms.ChoiceField(label="Namespace", help_text="Of DNS in a VPC: clients there find the tasks by name.")
    )
    registry_name = forms.CharField(
        label="Name for clients", required=False, max_length=63, help_text="Default: the service name."
    )
    registry_record = forms.ChoiceField(
        label="DNS record",
        required=False,
        choices=[("", "A: addresses of the tasks"), (SRV, "SRV: addresses and ports")],
    )
    registry_ttl = forms.IntegerField(
        label="TTL", required=False, min_value=0, max_value=2_147_483_647, initial=15,
        help_text="Clients keep an address for this long.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dns_namespaces = offer(
            self, "registry_namespace", Namespace, lambda row: row.name, value="namespace_id", first=EMPTY_OPTION
        )
        field: Any = self.fields["registry_namespace"]
        by_dns = {key for key, row in self.dns_namespaces.items() if row.kind != "HTTP"}
        field.choices = [option for option in field.choices if option[0] in {"", *by_dns}]

    def check_registry(self, data: dict[str, Any], definition: TaskDefinition) -> None:
        """Add errors, and complete the cleaned data, if a Cloud Map service is made."""
        if not data.get("new_registry"):
            return
        name = data["registry_name"] = data.get("registry_name") or data["service_name"]
        namespace = self.dns_namespaces.get(data.get("registry_namespace") or "")
        if namespace is None:
            self.add_error("registry_namespace", "Choose the namespace. One of DNS in a VPC can be made first.")
        elif name.lower() in [each["name"].lower() for each in namespace.registries]:
            self.add_error("registry_name", f"{namespace.name} has a service of this name already. Choose it above.")
        if not NAME.match(name):
            self.add_error("registry_name", "Use letters, digits, hyphens and underscores, up to 63.")
        if data["document"].get("serviceRegistries"):
            self.add_error("new_registry", "A service has one Cloud Map service. Remove the one above first.")
        self._complete(data, definition)

    def _complete(self, data: dict[str, Any], definition: TaskDefinition) -> None:
        """Set the record and what ECS needs for it: outside awsvpc, tasks are found by SRV records only."""
        awsvpc, ports = definition.network_mode == AWSVPC, ports_of(definition)
        data["registry_ttl"] = 15 if data.get("registry_ttl") is None else data["registry_ttl"]
        data["registry_record"] = (data.get("registry_record") or A) if awsvpc else SRV
        data["registry"] = {}
        if data["registry_record"] == A:
            return
        if not ports:
            self.add_error("registry_record", "SRV records name a port, and the task definition has no port mapping.")
        else:
            name, port = ports[0]
            data["registry"] = {"port": port} if awsvpc else {"containerName": name, "containerPort": port}
