"""Form that registers task definitions. It holds one definition as fields and as JSON, which are synchronized.

`base` is the JSON at the last synchronization. If only the JSON was edited since, it updates the fields, and the
reverse. Keys without a field are kept in `base`. `origin` is the revision that was copied: hidden values are
fingerprints in the form, and are restored from it into the same family, container and name.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.forms import formset_factory
from django.http import QueryDict

from clusters.forms.tags import MOST_TAGS, tag_group
from clusters.forms.usual_roles import EXECUTION_ROLE
from ecsdash.aws.limits import CONTAINERS_OF_TASK_DEFINITION as MOST
from ecsdash.masking import mask
from ecsdash.operations.actions import ActionContext, ActionForm, Formset, GroupForm
from ecsdash.operations.refs import STEP_TAG
from services.forms.roles import RoleField, offer_roles, usual_role
from services.forms.sizes import CpuField, MemoryField
from services.forms.task_definition import masked_values, text
from services.forms.task_definition.build import build
from services.forms.task_definition.container import NAME, ContainerForm, cleaned
from services.forms.task_definition.data import NEW_CONTAINER, as_data, edited, parsed, with_new_container
from services.forms.task_definition.fields import fields_of
from services.forms.task_definition.rules import Problem, problems
from services.models import TaskDefinition
from services.selectors import task_definitions

BOTH_CHANGED = "The form and the JSON were both changed. Keep one: choose “Form from JSON” or “JSON from form”."
NEW_DEFINITION: dict[str, Any] = {
    "compatibility": "FARGATE",
    "network_mode": "awsvpc",
    "cpu": 256,
    "memory": 512,
    "containers": [NEW_CONTAINER],
}


class VolumeForm(GroupForm):
    name = forms.CharField(max_length=255, validators=[NAME])
    kind = forms.ChoiceField(
        choices=[
            ("empty", "Empty, deleted with the task"),
            ("efs", "EFS file system"),
            ("host", "Path on the container instance"),
            ("kept", "As in the JSON"),
        ]
    )
    source = forms.CharField(required=False, label="File system ID or path")
    root = forms.CharField(required=False, label="Directory of the file system")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") in ("efs", "host") and not data.get("source"):
            self.add_error("source", "Enter the file system ID (fs-…), or the path.")
        return data


class RegisterTaskDefinitionForm(ActionForm):
    groups: ClassVar[dict[str, type[Formset]]] = {
        "containers": formset_factory(
            ContainerForm, extra=0, min_num=1, validate_min=True, max_num=MOST, absolute_max=2 * MOST
        ),
        "volumes": formset_factory(VolumeForm, extra=0),
        "tags": tag_group(most=MOST_TAGS - 1),  # one is reserved for STEP_TAG
    }

    family = forms.CharField(
        max_length=255,
        validators=[NAME],
        help_text="Name of the task definition. Registering the same family again creates its next revision.",
    )
    compatibility = forms.ChoiceField(
        widget=forms.RadioSelect,
        label="Launch type compatibility",
        choices=[
            ("FARGATE", "Fargate | Serverless: AWS provides the capacity"),
            ("EC2", "EC2 | On container instances"),
            ("BOTH", "Both | Must meet the requirements of both"),
        ],
    )
    network_mode = forms.ChoiceField(
        choices=[
            ("awsvpc", "awsvpc: one network interface per task"),
            ("bridge", "bridge: ports mapped to the container instance"),
            ("host", "host: network of the container instance"),
            ("none", "none"),
        ]
    )
    cpu = CpuField(required=False, min_value=1, label="CPU", widget=forms.TextInput(attrs={"list": "cpu-sizes"}))
    memory = MemoryField(required=False, min_value=4, widget=forms.TextInput(attrs={"list": "memory-sizes"}))
    task_role = RoleField(label="Task role", help_text="Permissions of the containers in AWS")
    execution_role = RoleField(
        label="Task execution role", help_text="ECS uses this role to pull images, write logs and read secrets"
    )
    create_log_groups = forms.BooleanField(
        required=False, initial=True, label="Create the log groups that do not exist"
    )
    json = forms.CharField(
        required=False,
        strip=False,
        label="Task definition as JSON",
        widget=forms.Textarea(attrs={"rows": 34, "spellcheck": "false"}),
    )
    base = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    origin = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, context: ActionContext, **kwargs: Any) -> None:
        self.json_problems: list[str] = []
        self.conflict = False
        if data is not None:
            data = self._synchronized(data, context)
        else:
            kwargs["initial"] = start(context, dict(kwargs.get("initial") or {}))
        super().__init__(data, context=context, **kwargs)
        offer_roles(self, "task_role")
        offer_roles(self, "execution_role", EXECUTION_ROLE)

    def is_valid(self) -> bool:
        valid = super().is_valid()
        for message in self.json_problems:
            self.add_error("json", message)
        if self.conflict:
            self.add_error("json", BOTH_CHANGED)
        if not valid or self.errors:
            return False
        return self._check_whole()

    def definition(self) -> dict[str, Any]:
        """Return the definition of the valid fields, with hidden values as fingerprints."""
        return text.ordered(build(cleaned(self), parsed(self.data, "base"), self.context.scope.region))

    def _check_whole(self) -> bool:
        """Return whether the definition as a whole is valid, and add errors otherwise."""
        try:
            shown = self.definition()
            definition = masked_values.restore(shown, self._original(shown["family"]))
        except masked_values.StillMasked as error:
            self.add_error(
                None, f"{error.path} is hidden: only a new revision of its family keeps it. Enter the value."
            )
            return False
        self.cleaned_data["definition"] = definition
        found = problems(definition)
        for problem in found:
            self._add_problem(problem)
        return not found

    def _add_problem(self, problem: Problem) -> None:
        filled = [form for form in self.formsets["containers"].forms if form.cleaned_data]
        form: Any = self if problem.container is None else filled[problem.container]
        form.add_error(problem.field if problem.field in form.fields else None, problem.message)

    def _original(self, family: str) -> dict[str, Any]:
        """Return the revision that was copied; empty if it is of another family, whose values must stay there."""
        found = original(self.context, self.cleaned_data["origin"])
        return found if found.get("family") == family else {}

    def _synchronized(self, data: Any, context: ActionContext) -> Any:
        """Return the data with the fields updated from the JSON, if only the JSON was edited."""
        if not edited(data):
            return data
        try:
            wanted = text.parse(data.get("json", ""))
        except text.InvalidText as error:
            self.json_problems = error.messages
            return data
        before = parsed(data, "base")
        plain = data.copy()
        plain["json"] = data.get("base", "")
        if RegisterTaskDefinitionForm(plain, context=context).definition() != before:
            self.conflict = True
            return data
        return as_data(wanted, data)


def reworked(context: ActionContext, data: QueryDict) -> QueryDict | None:
    """Return the posted data after a button of the form: add or remove an entry, or copy between fields and JSON.

    None if no such button was pressed. `preview` is sent when a field changes: it never overwrites edited JSON.
    """
    asked = data.get("sync", "")
    if not asked:
        return with_new_container(data)
    if asked == "form":
        try:
            return as_data(text.parse(data.get("json", "")), data)
        except text.InvalidText:
            return data.copy()
    found = data.copy()
    if asked == "preview" and edited(data):
        return found
    found["json"] = data.get("base", "")
    found["json"] = found["base"] = text.write(RegisterTaskDefinitionForm(found, context=context).definition())
    return found


def start(context: ActionContext, initial: dict[str, Any]) -> dict[str, Any]:
    """Return the initial data: of the revision that `?from=` names, or of a small Fargate task."""
    origin = str(initial.get("from", ""))
    if shown := mask(original(context, origin)):
        fields = fields_of(shown)
    else:
        fields = {**NEW_DEFINITION, "execution_role": usual_role(context, EXECUTION_ROLE)}
        shown = text.ordered(build(fields, {}, context.scope.region))
    written = text.write(shown)
    return {**fields, "json": written, "base": written, "origin": origin, "create_log_groups": True, **initial}


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
