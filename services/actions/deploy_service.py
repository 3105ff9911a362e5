from collections.abc import Mapping
from typing import Any, cast

from django import forms

from ecsdash.masking import mask
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Plan, PlanError
from services.forms.images import Image, is_tag
from services.forms.task_definition.text import writable
from services.models import Service, TaskDefinition
from services.planning.deploying import CALLS, new_revision_plan, revision_plan
from services.planning.prediction import time_line
from services.planning.services import ServiceAction
from services.selectors import rollback
from services.selectors.task_definitions import definition_of_service

NEW = ""


BAD_TAG = "Enter a tag (letters, digits, dots, hyphens, underscores) or a digest that begins with sha256:."


class DeployServiceForm(ActionForm):
    """Form: an image tag per container, in fields `tag-<container>`, or an existing revision."""

    revision = forms.ChoiceField(
        label="Or an existing revision", required=False, help_text="No new revision is registered if you choose one."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service: Service = self.context.resource
        self.definition = definition_of_service(service)
        names = [(name, name) for name in rollback.other_revisions(service)]
        self.fields["revision"].choices = [  # type: ignore[attr-defined]
            (NEW, f"A new revision of {service.revision.partition(':')[0]} with the tag above"), *names,
        ]  # fmt: skip
        self.images = {each["name"]: Image.of(each["image"]) for each in self._containers()}
        for name, image in self.images.items():
            self.fields[_field(name)] = forms.CharField(
                label=f"Image tag of {name}",
                help_text=image.repository,
                initial=image.tag or "latest",
                max_length=140,
                required=not self.data.get("revision"),
                error_messages={"required": BAD_TAG},
            )

    def tag_fields(self) -> list[Any]:
        return [self[_field(name)] for name in self.images]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("revision"):
            return data
        for name in self.images:
            tag = data.get(_field(name))
            if tag is not None and not is_tag(tag):
                self.add_error(_field(name), BAD_TAG)
        return data

    def _containers(self) -> list[dict[str, Any]]:
        return self.definition.description.get("containerDefinitions", []) if self.definition else []


def _field(container: str) -> str:
    return f"tag-{container}"


@register
class DeployService(ServiceAction):
    name = "deploy_service"
    deploys = True
    label = "Deploy"
    path = "services/<str:cluster>/<str:service>/deploy/"
    form_class = DeployServiceForm
    template = "services/services/deploy.html"
    icon = "rocket"
    calls = CALLS
    watches = ("task_definitions", "services")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        present = definition_of_service(service)
        if present is None:
            raise PlanError(f"{service.revision} is not in the inventory yet. Try again in a minute.")
        if data["revision"]:
            return self._existing(context, service, present, data["revision"])
        return self._new(context, service, present, data)

    def _existing(self, context: ActionContext, service: Service, present: TaskDefinition, name: str) -> Plan:
        wanted = definition_of_service(service, name)
        if wanted is None:
            raise PlanError("This revision no longer exists. Choose another.", "revision")
        return revision_plan(context, service, present, wanted, f"Deploy {name} to {service.name}")

    def _new(self, context: ActionContext, service: Service, present: TaskDefinition, data: Mapping[str, Any]) -> Plan:
        definition = _with_tags(writable(present.description), data)
        if definition == writable(present.description):
            raise PlanError(
                "The image tags are unchanged. Enter another tag, or use Force new deployment.", _first_tag(data)
            )
        tags = ", ".join(_tags_of(present.description, definition))
        return new_revision_plan(context, service, present, definition, f"Deploy {tags} to {service.name}")

    def extra_context(self, context: ActionContext, form: ActionForm) -> dict[str, Any]:
        return {"tag_fields": cast(DeployServiceForm, form).tag_fields(), "timeline": time_line(context.resource)}


def _with_tags(definition: dict[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition with the image tags of the form."""
    containers = []
    for container in definition["containerDefinitions"]:
        image = Image.of(container["image"])
        tag = data[f"tag-{container['name']}"]
        unchanged = tag == (image.tag or "latest")
        containers.append(
            {**container, "image": container["image"] if unchanged else str(Image(image.repository, tag))}
        )
    return {**definition, "containerDefinitions": containers}


def _tags_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the new images without their registries."""
    known = {each["image"] for each in before["containerDefinitions"]}
    new = [each["image"] for each in after["containerDefinitions"] if each["image"] not in known]
    return [str(mask(image)).rpartition("/")[2] for image in dict.fromkeys(new)]


def _first_tag(data: Mapping[str, Any]) -> str:
    return next((name for name in data if name.startswith("tag-")), "")
