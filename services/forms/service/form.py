"""The form of a service: its document, and what else the plan creates for it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse_lazy

from ecsdash.masking import mask
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.document_forms import DocumentActionForm
from ecsdash.web.forms.document.findings import Finding
from ecsdash.web.forms.document.rendering import Offers
from ecsdash.web.forms.document.state import Document
from ecsdash.web.timeline import Timeline
from services.documents import findings
from services.documents.deployment.timeline import timeline
from services.documents.service import Update, update_of
from services.forms.load_balancer import NEW_BALANCER, BalancerFormSet
from services.forms.new_registry import NewRegistryFields
from services.forms.new_security_group import NewGroupFields
from services.forms.service.declaration import SERVICE_FORM
from services.forms.service.findings import Known, service_findings
from services.forms.service.offers import service_offers
from services.forms.service.start import fitted, new_document, present_document, remember_network
from services.forms.task_definition import masked_values
from services.models import Service, TaskDefinition
from services.selectors import task_definitions
from services.selectors.rollouts import rollout_of
from services.selectors.task_definitions import definition_of_service

HELP = (
    "Paste a service, or the output of describe-services. Hidden values are shown as fingerprints (•••); a fingerprint "
    "keeps the value of this service."
)
BALANCERS = "balancers"
BESIDE, AGAIN = "beside", "again"
ONE_ZONE = "A load balancer requires subnets in at least two Availability Zones. Add another subnet."


class ServiceForm(NewGroupFields, NewRegistryFields, DocumentActionForm):
    """Form; cleaned, `document` is the whole document with its hidden values, and `definition` its TaskDefinition.

    `left_out`: what the plan leaves out of the document, in words. `replacement`: how a new service takes the place of
    one that cannot be changed as wanted.
    """

    groups = {BALANCERS: BalancerFormSet}
    document_form = SERVICE_FORM
    schema_url = reverse_lazy("services:document_schema", args=["service"])
    json_help = HELP
    replacement = forms.ChoiceField(
        label="Replacement",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (BESIDE, "Create a second service beside it | It gets another name; delete the old one when it works"),
            (AGAIN, "Delete it and create it again | No task runs in between"),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.data, QueryDict):
            remember_network(self.data, self.state.document)
            for size in ("TOTAL", "INITIAL"):  # an undo posts the document only
                self.data.setdefault(f"{BALANCERS}-{size}_FORMS", "0")

    @property
    def service(self) -> Service | None:
        """The service that is changed; None for a new one."""
        return self.context.resource if isinstance(self.context.resource, Service) else None

    @property
    def cluster(self) -> str:
        return self.service.cluster_name if self.service else str(self.context.resource.name)

    def start(self, context: ActionContext, initial: dict[str, Any]) -> Document:
        resource = context.resource
        if isinstance(resource, Service):
            return dict(mask(present_document(resource)))
        named = str(initial.get("task_definition", ""))
        return new_document(context, resource.name, _definition(context, named) if named else None, named)

    def offers(self) -> Offers:
        return service_offers(self.context, self.cluster, self.definition)

    def document_findings(self, document: Document) -> Sequence[Finding]:
        before = mask(self.before) if self.service else None
        reading = findings.by_model(document, findings.CREATE_SERVICE)
        if before is None and self.definition is not None and not reading.violations:
            document, _ = fitted(reading.usable, self.definition)
        known = Known(self.context, self.cluster, self.definition, before, planned=len(self.balancers.forms))
        return service_findings(document, known)

    @property
    def balancers(self) -> Any:
        """The formset of the new target groups."""
        return self.formsets[BALANCERS]

    @cached_property
    def usable(self) -> Document:
        """What the model takes of the document: without nulls and values of other types."""
        return findings.by_model(self.state.document, findings.CREATE_SERVICE).usable

    @cached_property
    def before(self) -> dict[str, Any]:
        """The document of the service as it is; empty for a new one."""
        return present_document(self.service) if self.service else {}

    @cached_property
    def definition(self) -> TaskDefinition | None:
        """The task definition that the document names; of a family alone, its latest active revision."""
        named = str(self.usable.get("taskDefinition", "")).rpartition("/")[2]
        found = _definition(self.context, named) if named else None
        if found is None and self.service:
            return definition_of_service(self.service, named)
        return found

    @cached_property
    def update(self) -> Update:
        """The update that the document asks for, with hidden values as fingerprints on both sides."""
        return update_of(mask(self.before), self.usable) if self.service else Update()

    @property
    def timeline(self) -> Timeline:
        """The time line of a deployment of the document."""
        return timeline(rollout_of(self.service, self.usable))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        document = self.usable
        network = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        data |= {
            "document": document,
            "service_name": str(document.get("serviceName", "")),
            "definition": self.definition,
            "subnets": network.get("subnets", []),
            "strategy": document.get("deploymentConfiguration", {}).get("strategy", "ROLLING"),
        }
        if self.definition is not None and not self.problems:
            if self.balancers.is_valid():
                self.balancers.check(data)
                self._check_zones(data)
            self.check_group(data)
            self.check_registry(data, self.definition)
            self._check_replacement(data)
        return data

    def is_valid(self) -> bool:
        return super().is_valid() and self._restored()

    def _restored(self) -> bool:
        """Return whether the document has all its hidden values, and set the cleaned document."""
        try:
            document = masked_values.restore(self.usable, self.before)
        except masked_values.StillMasked as error:
            self.add_error(None, f"{error.path} is hidden. Enter the value.")
            return False
        definition = self.cleaned_data["definition"]
        self.cleaned_data["document"], self.cleaned_data["left_out"] = (
            fitted(document, definition) if not self.service else (document, [])
        )
        return True

    def _check_zones(self, data: Mapping[str, Any]) -> None:
        new = [each for each in self.balancers.forms if each.cleaned_data.get("balancer") == NEW_BALANCER]
        if new and len(self.zones_of(data["subnets"])) < 2:
            for each in new:
                each.add_error("balancer", ONE_ZONE)

    def _check_replacement(self, data: Mapping[str, Any]) -> None:
        if self.update.replaces and not data.get("replacement"):
            reasons = " ".join(dict.fromkeys(each.reason for each in self.update.unchangeable))
            self.add_error("replacement", f"{reasons} Choose how a new service takes its place.")


def _definition(context: ActionContext, name: str) -> TaskDefinition | None:
    return task_definitions.by_name(context.user, context.scope, name)
