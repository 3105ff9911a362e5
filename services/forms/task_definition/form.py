"""Form that registers task definitions. `origin` is the revision that was copied: hidden values are fingerprints in the
form, and are restored from it into the same family, container and name."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse_lazy

from clusters.forms.offers import refusal
from clusters.forms.usual_roles import EXECUTION_ROLE
from clusters.models import Role
from ecsdash.aws.limits import FARGATE_MEMORY, fargate_memory_choices
from ecsdash.masking import mask
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.document_forms import DocumentActionForm
from ecsdash.operations.refs import STEP_TAG
from ecsdash.web.formatting import cpu_units, mebibytes
from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.rendering import Offers
from ecsdash.web.forms.document.state import Document
from services.documents import findings
from services.documents.findings.sizes import cpu_units as units_of
from services.forms.roles import offered_roles, usual_role
from services.forms.task_definition import log_defaults, masked_values, text
from services.forms.task_definition.declaration import TASK_DEFINITION
from services.forms.task_definition.image_choices import (
    ContainerChoice,
    image_choices,
    image_findings,
    repositories,
)
from services.forms.task_definition.suggestions import suggestions
from services.models import Repository, TaskDefinition
from services.selectors import task_definitions

#: Members that name a role, and the names of what their fields offer.
ROLES = {"executionRoleArn": "execution-roles", "taskRoleArn": "roles"}
NEW_CONTAINER: Document = {
    "name": "",
    "image": "",
    "essential": True,
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-stream-prefix": "ecs"}},
}
NEW_DEFINITION: Document = {
    "family": "",
    "networkMode": "awsvpc",
    "containerDefinitions": [NEW_CONTAINER],
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
}


class RegisterTaskDefinitionForm(DocumentActionForm):
    document_form = TASK_DEFINITION
    schema_url = reverse_lazy("services:document_schema", args=["task-definition"])

    create_log_groups = forms.BooleanField(
        required=False, initial=True, label="Create the log groups that do not exist"
    )
    fill_logs = forms.BooleanField(
        required=False,
        initial=True,
        label="Fill in the log group /ecs/<family> and the region where awslogs lacks them",
    )
    origin = forms.CharField(required=False, widget=forms.HiddenInput)

    def start(self, context: ActionContext, initial: dict[str, Any]) -> Document:
        """Return the revision that `?from=` names, or a small Fargate task."""
        initial["origin"] = str(initial.get("from", ""))
        if shown := mask(original(context, initial["origin"])):
            return dict(shown)
        role = usual_role(context, EXECUTION_ROLE)
        return text.ordered({**NEW_DEFINITION, **({"executionRoleArn": role} if role else {})})

    def offers(self) -> Offers:
        cpu = units_of(str(self.state.document.get("cpu") or "")) or 0
        roles = {name: self._roles[member][0] for member, name in ROLES.items()}
        return {
            **roles,
            "cpu-sizes": [(str(size), cpu_units(size)) for size in FARGATE_MEMORY],
            "memory-sizes": [(str(size), mebibytes(size)) for size in fargate_memory_choices(cpu)],
            **suggestions(self.context, self.repositories),
        }

    def document_findings(self, document: Document) -> Sequence[Finding]:
        notes = [*self._size_notes(document)]
        if self["fill_logs"].value():
            notes += log_defaults.notes(document, self.context.scope.region)
        notes += image_findings(self.repositories, document)
        return [*findings.task_definition_findings(self.completed), *self._role_findings(document), *notes]

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        document = findings.by_model(self.completed, findings.REGISTER_TASK_DEFINITION).usable
        try:
            self.cleaned_data["definition"] = masked_values.restore(
                document, self._original(str(document.get("family") or ""))
            )
        except masked_values.StillMasked as error:
            self.add_error(
                None, f"{error.path} is hidden: only a new revision of its family keeps it. Enter the value."
            )
            return False
        return True

    @property
    def completed(self) -> Document:
        """Return the document with what the person lets the form fill in."""
        document = self.state.document
        return log_defaults.filled(document, self.context.scope.region) if self["fill_logs"].value() else document

    def _original(self, family: str) -> dict[str, Any]:
        """Return the revision that was copied; empty if it is of another family, whose values must stay there."""
        found = original(self.context, self.cleaned_data["origin"])
        return found if found.get("family") == family else {}

    @cached_property
    def repositories(self) -> list[Repository]:
        return repositories(self.context)

    @property
    def image_choices(self) -> list[ContainerChoice]:
        return image_choices(self.repositories, self.state.document)

    @cached_property
    def _roles(self) -> dict[str, tuple[list[tuple[str, str]], int]]:
        """Return by member the roles that it may name, and the number of those that the person may not use."""
        document = self.state.document
        family = str(document.get("family") or "")
        usual = {"executionRoleArn": EXECUTION_ROLE}
        return {
            member: offered_roles(self.context, family, str(document.get(member) or ""), usual.get(member))
            for member in ROLES
        }

    def _size_notes(self, document: Document) -> Iterator[Finding]:
        """Yield what Fargate offers with the CPU size."""
        cpu = units_of(str(document.get("cpu") or "")) or 0
        if sizes := fargate_memory_choices(cpu):
            what = f"With {cpu_units(cpu)} Fargate offers {mebibytes(sizes[0])} to {mebibytes(sizes[-1])}."
            yield Finding("/memory", FindingLevel.OK, what)

    def _role_findings(self, document: Document) -> list[Finding]:
        """Return a finding for each role that the account does not have or the person may not use."""
        found = []
        for member in ROLES:
            role, (options, hidden) = document.get(member), self._roles[member]
            if role and isinstance(role, str) and role not in {value for value, _ in options}:
                what = refusal(self.context.scope, Role.NOUN) % {"value": role}
                found.append(Finding(pointers.join(member), FindingLevel.BLOCK, what))
            if hidden:
                what = f"{hidden} that you may not use {'is' if hidden == 1 else 'are'} not listed."
                found.append(Finding(pointers.join(member), FindingLevel.OK, what))
        return found


def original(context: ActionContext, name: str) -> dict[str, Any]:
    """Return the revision as RegisterTaskDefinition parameters with tags, not masked; empty if it does not exist."""
    found = revision_of(context, name)
    return text.ordered(text.writable({**found.description, "tags": own_tags(found)})) if found else {}


def revision_of(context: ActionContext, name: str) -> TaskDefinition | None:
    return task_definitions.by_name(context.user, context.scope, name) if name else None


def own_tags(definition: TaskDefinition) -> list[Mapping[str, str]]:
    """Return the tags of users, without the step tag and the tags of AWS."""
    tags = definition.tags.items()
    return [{"key": key, "value": value} for key, value in tags if key != STEP_TAG and not key.startswith("aws:")]
