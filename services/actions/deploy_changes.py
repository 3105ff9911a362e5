from collections.abc import Mapping, Sequence
from typing import Any

from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Plan, PlanError
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.state import Document
from services.actions.register_task_definition import EditsTaskDefinition, RegisterTaskDefinition
from services.forms.task_definition.checks import missing_log_groups
from services.forms.task_definition.form import RegisterTaskDefinitionForm, own_tags
from services.forms.task_definition.text import writable
from services.models import Service
from services.planning.deploying import CALLS, new_revision_plan
from services.planning.prediction import time_line
from services.planning.services import ServiceAction
from services.selectors.task_definitions import definition_of_service


class DeployChangesForm(RegisterTaskDefinitionForm):
    """The task definition that the service runs, to be changed in any place."""

    def start(self, context: ActionContext, initial: dict[str, Any]) -> Document:
        initial["from"] = context.resource.revision
        return super().start(context, initial)

    def document_findings(self, document: Document) -> Sequence[Finding]:
        family = self.context.resource.revision.partition(":")[0]
        if document.get("family") == family:
            return super().document_findings(document)
        why = f"The service runs the family {family}, and its undo deploys the revision of now."
        other = Finding("/family", FindingLevel.BLOCK, "The family cannot be changed here.", why, f"Enter {family}.")
        return [other, *super().document_findings(document)]


@register
class DeployChanges(EditsTaskDefinition, ServiceAction):
    """Change environment, secrets, size or anything else of what the service runs, and deploy the new revision."""

    name = "deploy_changes"
    deploys = True
    label = "Deploy with changes"
    path = "services/<str:cluster>/<str:service>/deploy/changes/"
    form_class = DeployChangesForm
    template = "services/services/deploy_changes.html"
    icon = "rocket"
    calls = (*CALLS, "logs.create_log_group")
    watches = RegisterTaskDefinition.watches

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        present = definition_of_service(service)
        if present is None:
            raise PlanError(f"{service.revision} is not in the inventory yet. Try again in a minute.")
        definition = {name: value for name, value in data["definition"].items() if name != "tags"}
        tags = data["definition"].get("tags", [])
        if definition == writable(present.description) and tags == own_tags(present):
            raise PlanError("No value was changed. Change a value first, or use Force new deployment.")
        groups = missing_log_groups(context, definition) if data["create_log_groups"] else []
        summary = f"Deploy {service.name} with a changed task definition"
        return new_revision_plan(context, service, present, definition, summary, tags=tags, log_groups=groups)

    def extra_context(self, context: ActionContext, form: ActionForm) -> dict[str, Any]:
        return {**super().extra_context(context, form), "timeline": time_line(context.resource)}
