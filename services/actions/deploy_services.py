from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django import forms

from ecsdash.masking import mask
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Plan, Undo
from ecsdash.web.formatting import counted
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.forms.images import Image, is_tag
from services.forms.task_definition.text import writable
from services.models import Service, TaskDefinition
from services.planning.deploying import CALLS, new_revision_plan, revision_plan
from services.planning.several import LeftOut, ServicesForm, SeveralServicesAction, display_names
from services.selectors import rollback
from services.selectors.task_definitions import definition_of_service

BAD_TAG: Final = "Enter a tag (letters, digits, dots, hyphens, underscores) or a digest that begins with sha256:."
NOTHING: Final = "Choose at least one container for the image tag."
REVISIONS: Final = 25


class AnyChoices(forms.MultipleChoiceField):
    """Several values that the form itself validates."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: Any) -> bool:
        return True


class DeployServicesForm(ServicesForm):
    """Form: an image tag for the chosen containers (`service key/container`), or one revision for all services.

    `back` has a revision for each service ("service key=family:rev"): what an undo fills in. `?family=` and `?image=`
    select the services that use a family of task definitions, or an image.
    """

    containers = required_where_shown(
        forms.MultipleChoiceField(label="Containers that get the image tag", widget=forms.CheckboxSelectMultiple)
    )
    tag = required_where_shown(
        forms.CharField(
            label="Image tag or digest",
            max_length=140,
            help_text="Each chosen container keeps its repository. Each service gets a new revision of its own task "
            "definition, in which nothing else changes.",
        )
    )
    revision = forms.ChoiceField(
        label="Or an existing revision",
        required=False,
        help_text="No new revision is registered if you choose one.",
    )
    back = AnyChoices(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._select_by_use()
        names = display_names(self.selected)
        self.definitions = {row.pk: definition_of_service(row) for row in self.selected}
        self.images = {
            f"{row.pk}/{each['name']}": (names[row.pk], each["name"], str(mask(each["image"])))
            for row in self.selected
            for each in _containers(self.definitions[row.pk])
        }
        self.fields["containers"].choices = [  # type: ignore[attr-defined]
            (key, f"{service} · {name} · {image}") for key, (service, name, image) in self.images.items()
        ]
        self.fields["containers"].initial = self.proposed_containers()
        self.fields["revision"].choices = [  # type: ignore[attr-defined]
            ("", "New revisions with the image tag above"), *((name, name) for name in self._common_revisions()),
        ]  # fmt: skip

    def proposed_containers(self) -> list[str]:
        """Return the containers with the repository that all services use, else the first container of each."""
        of: dict[str, list[str]] = {}
        for key, (_, _, image) in self.images.items():
            of.setdefault(Image.of(image).repository, []).append(key)
        users = Counter({name: len({key.partition("/")[0] for key in keys}) for name, keys in of.items()})
        wanted = Image.of(str(self.initial.get("image", ""))).repository
        if wanted in of:
            return of[wanted]
        (name, number), *_ = users.most_common(1) or [("", 0)]
        if number and number == len(self.selected):
            return of[name]
        first: dict[str, str] = {}
        for key in self.images:
            first.setdefault(key.partition("/")[0], key)
        return list(first.values())

    def clean_tag(self) -> str:
        tag = str(self.cleaned_data["tag"])
        if tag and not is_tag(tag):
            raise forms.ValidationError(BAD_TAG)
        return tag

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        data["revisions"] = self._revisions(data)
        if not data["revisions"] and not data["tag"]:
            self.add_error("tag", BAD_TAG)
        elif not data["revisions"] and not data["containers"]:
            self.add_error("containers", NOTHING)
        return data

    def _revisions(self, data: Mapping[str, Any]) -> dict[int, str]:
        """Return service key -> the revision that it gets, if one is chosen."""
        if data["revision"]:
            return {row.pk: data["revision"] for row in data["row"]}
        wanted = dict(each.partition("=")[::2] for each in data["back"])
        return {
            row.pk: name
            for row in data["row"]
            if (name := wanted.get(str(row.pk))) and name in (row.revision, *rollback.other_revisions(row))
        }

    def _select_by_use(self) -> None:
        """Select the services that use the family or the image in the address."""
        family, image = self.initial.get("family"), Image.of(str(self.initial.get("image", ""))).repository
        if self.is_bound or "row" in self.initial or not (family or image):
            return
        rows = TaskDefinition.objects.in_scope(self.context.scope.account, self.context.scope.region)
        used = rows.filter(arn__in={row.task_definition for row in self.offered.values()})
        arns = {row.arn for row in used if row.family == family or image in _repositories(row)}
        self.initial["row"] = [key for key, row in self.offered.items() if row.task_definition in arns]

    def _common_revisions(self) -> Sequence[str]:
        families = {row.revision.partition(":")[0] for row in self.selected}
        if len(families) != 1:
            return ()
        scope = self.context.scope
        rows = TaskDefinition.objects.in_scope(scope.account, scope.region).present()
        found = rows.filter(family=families.pop(), status="ACTIVE").order_by("-revision")
        return list(found.values_list("name", flat=True)[:REVISIONS])


def _containers(definition: TaskDefinition | None) -> list[dict[str, Any]]:
    return definition.description.get("containerDefinitions", []) if definition else []


def _repositories(definition: TaskDefinition) -> set[str]:
    return {Image.of(each["image"]).repository for each in _containers(definition)}


@register
class DeployServices(SeveralServicesAction):
    """Deploy an image tag or a revision to several services, each with its own result."""

    name = "deploy_services"
    label = "Deploy to services"
    path = "services/deploy/"
    form_class = DeployServicesForm
    template = "services/services/deploy_several.html"
    icon = "rocket"
    calls = CALLS
    alone = "deploy_service"

    def proposed(self, form: Any) -> dict[str, Any]:
        return {**super().proposed(form), "containers": form.proposed_containers(), "tag": "", "revision": ""}

    def of_service(self, context: ActionContext, service: Service, data: Mapping[str, Any]) -> Plan:
        present = definition_of_service(service)
        if present is None:
            raise LeftOut(f"{service.revision} is not in the inventory yet.", "Try again in a minute.")
        if data["revisions"]:
            return self._existing(context, service, present, data["revisions"].get(service.pk, ""))
        chosen = {key.partition("/")[2] for key in data["containers"] if key.partition("/")[0] == str(service.pk)}
        if not chosen:
            raise LeftOut("No container of it is chosen.")
        before = writable(present.description)
        definition = with_tag(before, chosen, data["tag"])
        if definition == before:
            raise LeftOut(f"It runs {data['tag']} already.")
        return new_revision_plan(context, service, present, definition, f"Deploy {data['tag']} to {service.name}")

    def _existing(self, context: ActionContext, service: Service, present: TaskDefinition, name: str) -> Plan:
        if name == service.revision:
            raise LeftOut(f"It runs {name} already.")
        wanted = definition_of_service(service, name) if name else None
        if wanted is None:
            raise LeftOut("No revision is chosen for it.")
        return revision_plan(context, service, present, wanted, f"Deploy {name} to {service.name}")

    def summary(self, plans: Iterable[Plan], data: Mapping[str, Any]) -> str:
        what = data["tag"] if not data["revisions"] else ", ".join(sorted(set(data["revisions"].values()))[:3])
        return f"Deploy {what} to {counted(len(list(plans)), 'service')}"

    def undo(self, context: ActionContext, parts: Iterable[tuple[Service, Plan]]) -> Undo | None:
        """Return the deployment of what each service runs now."""
        rows = [service for service, plan in parts if plan.undo]
        if not rows:
            return None
        data = {
            "row": [row.pk for row in rows],
            "back": [f"{row.pk}={row.revision}" for row in rows],
            "stop_after": len(rows),
        }
        return Undo(self.name, "deploy what each service ran before", context.scope.url_kwargs(), data)


def with_tag(definition: dict[str, Any], chosen: set[str], tag: str) -> dict[str, Any]:
    """Return the definition in which the chosen containers have another image tag."""
    containers = [
        {**each, "image": str(Image(Image.of(each["image"]).repository, tag))} if each["name"] in chosen else each
        for each in definition["containerDefinitions"]
    ]
    return {**definition, "containerDefinitions": containers}
