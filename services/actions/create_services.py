from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.urls import reverse

from clusters.forms.network import check_numbers, check_one_vpc, offer_network, preselected
from clusters.selectors.clusters import clusters
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.plan import Plan, Undo
from ecsdash.operations.refs import ref
from ecsdash.web.forms.conditional_fields import required_where_shown
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.places import words_of
from ecsdash.web.forms.document.rendering import sentences
from ecsdash.web.forms.document.state import DocumentForm
from services.documents.findings import (
    CREATE_SERVICE,
    REGISTER_TASK_DEFINITION,
    by_model,
    service_findings,
    task_definition_findings,
)
from services.documents.launch_set import (
    LaunchSet,
    family_of,
    images_of,
    names_in_namespace,
    needs_namespace,
    read_launch_set,
)
from services.forms.service.declaration import SERVICE_FORM
from services.forms.task_definition import log_defaults, masked_values
from services.forms.task_definition.declaration import TASK_DEFINITION
from services.models import Service
from services.planning.new_services import NewServices
from services.planning.services import TOUCHED
from services.planning.task_definitions import CALLS
from services.selectors.namespaces import known_namespaces

NOTHING: Final = "There is nothing to create. Import a file with services first."
#: Name of the button with which the import page hands over its documents.
OPENED: Final = "open"


class CreateServicesForm(ActionForm):
    """Form; cleaned, `wanted` is the LaunchSet with the network and the namespace that were chosen."""

    documents = forms.CharField(widget=forms.HiddenInput, strip=False, error_messages={"required": NOTHING})
    cluster = forms.ChoiceField(label="Cluster")
    namespace = required_where_shown(
        forms.CharField(
            label="Service Connect namespace",
            max_length=1024,
            help_text="The services find each other by their names in it. It is created if it does not exist.",
        )
    )
    subnets = forms.MultipleChoiceField(label="Subnets")
    security_groups = forms.MultipleChoiceField(
        label="Security groups",
        required=False,
        help_text="They must allow the services to reach each other. The default group of a VPC does.",
    )
    assign_public_ip = forms.BooleanField(
        label="Assign public IP addresses", required=False, help_text="Needed in public subnets to pull images."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["cluster"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in usable_clusters(self.context)]
        self.known_subnets, self.known_groups = offer_network(self)
        self.wanted = read_launch_set(str(self["documents"].value() or ""))

    def clean_documents(self) -> str:
        if self.wanted is None:
            raise forms.ValidationError(NOTHING)
        return str(self.cleaned_data["documents"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_numbers(self, data)
        check_one_vpc(
            self,
            [self.known_subnets[name] for name in data.get("subnets", [])],
            [self.known_groups[name] for name in data.get("security_groups", [])],
        )
        if self.wanted is None:
            return data
        if not self.wanted.connected:
            data["namespace"] = ""
        elif not data.get("namespace"):
            self.add_error("namespace", "Enter a name, for example that of the application.")
        if not self.errors:
            placed = self._placed(self.wanted, data)
            for message in self._problems(placed, data["cluster"]):
                self.add_error(None, message)
            data["wanted"] = LaunchSet(
                tuple(by_model(each, REGISTER_TASK_DEFINITION).usable for each in placed.definitions),
                tuple(by_model(each, CREATE_SERVICE).usable for each in placed.services),
            )
        return data

    def _placed(self, wanted: LaunchSet, data: Mapping[str, Any]) -> LaunchSet:
        """Return the set with what the form fills in: networks, the namespace, and log groups and regions."""
        region = self.context.scope.region
        groups = {"securityGroups": data["security_groups"]} if data["security_groups"] else {}
        public = "ENABLED" if data["assign_public_ip"] else "DISABLED"
        network = {"awsvpcConfiguration": {"subnets": data["subnets"], **groups, "assignPublicIp": public}}
        services = []
        for each in wanted.services:
            placed = {"networkConfiguration": network, **each}
            if needs_namespace(each):
                placed["serviceConnectConfiguration"] = {
                    **each["serviceConnectConfiguration"], "namespace": data["namespace"],
                }  # fmt: skip
            services.append(placed)
        return LaunchSet(tuple(log_defaults.filled(each, region) for each in wanted.definitions), tuple(services))

    def _problems(self, wanted: LaunchSet, cluster: str) -> Iterator[str]:
        """Yield what is wrong with the documents, and the names of services that the cluster has already."""
        for definition in wanted.definitions:
            found = task_definition_findings(definition)
            yield from _blocking(definition["family"], TASK_DEFINITION, definition, found)
            try:
                masked_values.restore(definition, {})
            except masked_values.StillMasked as error:
                yield f"{definition['family']}: {error.path} is hidden. Enter the value in the file."
        scope = self.context.scope
        rows = Service.objects.in_scope(scope.account, scope.region).present().exclude(status="INACTIVE")
        taken = set(rows.filter(cluster_name=cluster).values_list("name", flat=True))
        for service in wanted.services:
            definition = wanted.definitions[wanted.definition_of(service)]
            yield from _blocking(service["serviceName"], SERVICE_FORM, service, service_findings(service, definition))
            if service["serviceName"] in taken:
                yield f"The cluster {cluster} has a service {service['serviceName']} already. Choose another cluster."


def _blocking(name: str, form: DocumentForm, document: Mapping[str, Any], findings: list[Finding]) -> Iterator[str]:
    for each in findings:
        if each.level is FindingLevel.BLOCK:
            place = words_of(form.entries, document, each.pointer)
            yield f"{name}: {place}: {sentences(each)}" if place else f"{name}: {sentences(each)}"


def usable_clusters(context: ActionContext) -> list[str]:
    """Return the active clusters in which the user may create services."""
    rows = clusters(context.user, context.scope).filter(status="ACTIVE").order_by("name")
    return [row.name for row in rows if policy.can(context.user, context.permission, row.access_target())]


@register
class CreateServices(Action):
    """Register several task definitions and create the services that run them, as an import has read them."""

    name = "create_services"
    label = "Create services"
    creates = "service"
    path = "services/import/"
    form_class = CreateServicesForm
    template = "services/services/create_several.html"
    icon = "plus"
    calls = (*CALLS, "servicediscovery.create_http_namespace", "ecs.create_service")
    watches = ("clusters", "subnets", "security_groups", "roles", "log_groups", "namespaces", "services")

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        scope = context.scope
        return AccessTarget(scope.account.alias, scope.region, data["cluster"] if data else "")

    def may_open(self, context: ActionContext) -> bool:
        """Return whether the user may change some cluster here; the chosen one is checked later."""
        return policy.can_within(context.user, Permission.OPERATE, self.access_target(context))

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster, wanted, namespace = data["cluster"], data["wanted"], data["namespace"]
        known = known_namespaces(context.user, context.scope).filter(name=namespace).exists()
        new = NewServices(context, cluster, wanted, "" if known else namespace)
        names = [each["serviceName"] for each in wanted.services]
        return Plan(
            summary=f"Create the services {', '.join(names)} in {cluster}",
            resource_key=context.arn("ecs", f"service/{cluster}/{names[-1]}"),
            resource_name=names[-1],
            steps=new.steps(),
            changes=new.changes(),
            checks=new.checks(),
            live_checks=new.live_checks(),
            observes=new.observes(),
            undo=Undo("remove_created", "remove everything that this created", context.scope.url_kwargs(),
                      {"operation": ref("operation.id")}),
            touches=(*TOUCHED, "task_definitions", "log_groups", "roles", "namespaces"),
            cost=new.cost(),
        )  # fmt: skip

    def reworked(self, context: ActionContext, data: QueryDict) -> QueryDict | None:
        """Return the documents of the import page with the places that the form proposes."""
        return _proposed(context, data) if OPENED in data else None

    def extra_context(self, context: ActionContext, form: ActionForm) -> dict[str, Any]:
        wanted = form.wanted if isinstance(form, CreateServicesForm) else None
        rows = [_row(each, wanted) for each in wanted.services] if wanted else []
        return {"import_url": self.back(context), "rows": rows}

    def back(self, context: ActionContext) -> str:
        return reverse("services:import", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Services", reverse("services:services", kwargs=context.scope.url_kwargs()))]


def _row(service: Mapping[str, Any], wanted: LaunchSet) -> dict[str, Any]:
    """Return what the form shows of a service; its documents are not validated yet."""
    definition = wanted.definitions[wanted.definition_of(service)]
    return {
        "name": service["serviceName"],
        "family": definition["family"],
        "images": ", ".join(images_of(definition)),
        "count": service.get("desiredCount", 1),
        "names": ", ".join(names_in_namespace(service)),
    }


def _proposed(context: ActionContext, data: QueryDict) -> QueryDict:
    found = data.copy()
    wanted = read_launch_set(data.get("documents", ""))
    offered = usable_clusters(context)
    found["cluster"] = cluster = offered[0] if offered else ""
    network = preselected(context, cluster)
    found.setlist("subnets", network["subnets"])
    found.setlist("security_groups", network["security_groups"])
    found["assign_public_ip"] = "on"
    found["namespace"] = _application(wanted) if wanted and wanted.connected else ""
    return found


def _application(wanted: LaunchSet) -> str:
    """Return the name of the application: what precedes the name of the service in the family, else the family."""
    service = wanted.services[0]
    family, ending = family_of(service), f"-{service['serviceName']}"
    return family.removesuffix(ending)
