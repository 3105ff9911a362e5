import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from clusters.forms.offers import offer
from clusters.models import Vpc
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Output, Plan, Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.selectors.namespaces import known_namespaces

HTTP, DNS_PRIVATE = "HTTP", "DNS_PRIVATE"
NAMES = {
    HTTP: re.compile(r"[!-~]{1,1024}\Z"),
    DNS_PRIVATE: re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,251}[A-Za-z]\Z"),
}
CALLS = {HTTP: "servicediscovery.create_http_namespace", DNS_PRIVATE: "servicediscovery.create_private_dns_namespace"}


class CreateNamespaceForm(ActionForm):
    namespace_name = forms.CharField(label="Name", max_length=1024, help_text="For example shop, or shop.internal")
    kind = forms.ChoiceField(
        label="Clients find services by",
        widget=forms.RadioSelect,
        initial=HTTP,
        choices=[
            (HTTP, "Service Connect | Short names inside the namespace, and API calls"),
            (DNS_PRIVATE, "DNS in a VPC | For service discovery; Service Connect can use it too"),
        ],
    )
    vpc = required_where_shown(forms.ChoiceField(label="VPC"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "vpc", Vpc, lambda row: f"{row.title} · {row.cidr}", first=[("", "Choose")])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name, kind = data.get("namespace_name", ""), data.get("kind", HTTP)
        if name and not NAMES[kind].match(name):
            self.add_error("namespace_name", "Use letters, digits, hyphens and dots, and end with a letter.")
        elif known_namespaces(self.context.user, self.context.scope).filter(name=name).exists():
            self.add_error("namespace_name", "A namespace of this name exists already. Enter another name.")
        if kind == DNS_PRIVATE and not data.get("vpc"):
            self.add_error("vpc", "Choose the VPC in which the names resolve.")
        return data


@register
class CreateNamespace(Action):
    name = "create_namespace"
    label = "Create namespace"
    creates = "namespace"
    path = "namespaces/new/"
    form_class = CreateNamespaceForm
    template = "services/namespaces/create.html"
    icon = "plus"
    calls = tuple(CALLS.values())
    watches = ("namespaces", "vpcs")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        name, kind = data["namespace_name"], data["kind"]
        params = {"Name": name, "Tags": [{"Key": STEP_TAG, "Value": STEP_ID}]}
        place = {"Vpc": data["vpc"]} if kind == DNS_PRIVATE else {}
        return Plan(
            summary=f"Create the namespace {name}",
            resource_key=context.arn("servicediscovery", f"namespace/{name}"),
            resource_name=name,
            steps=(
                Step(
                    "create",
                    f"Create the namespace {name}",
                    call=CALLS[kind],
                    params={**params, **place},
                    repeat=Repeat.LOOKUP,
                    lookup="namespace_of_step",
                    until="namespace_there",
                    until_params={"name": name},
                    timeout=300,
                ),
            ),
            changes=(Change("namespace", None, name), *(Change("VPC", None, vpc) for vpc in place.values())),
            outputs=(Output("Namespaces", self.back(context), link=True),),
            touches=("namespaces",),
        )

    def back(self, context: ActionContext) -> str:
        return reverse("services:namespaces", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Namespaces", self.back(context))]
