"""The forms that update a service to another revision."""

from typing import Any

from django import forms

from ecsdash.operations.actions import ActionForm
from services.forms.images import Image, is_tag
from services.models import Service
from services.selectors import rollback
from services.selectors.task_definitions import definition_of_service

NEW = ""
BAD_TAG = "Write a tag (letters, digits, dots, dashes) or a digest that begins with sha256:."


class DeployServiceForm(ActionForm):
    """One field for the tag of each container's image, `tag-<container>`; or a revision that exists already."""

    revision = forms.ChoiceField(
        label="Or an existing revision", required=False, help_text="No new revision is registered then."
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


class RollbackServiceForm(ActionForm):
    revision = forms.ChoiceField(
        label="Revision", help_text="Revisions with which this service reached a steady state, the latest first."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = rollback.good_revisions(self.context.resource)
        self.fields["revision"].choices = [(each.revision, each.words) for each in found]  # type: ignore[attr-defined]


def _field(container: str) -> str:
    return f"tag-{container}"
