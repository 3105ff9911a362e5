"""The form that registers task definitions. It holds one definition twice, as fields and as JSON that agree.

`base` is the JSON as it was when both said the same. Where only the JSON was changed since, the fields follow it; where
only the fields were, the JSON does. What the fields do not know stays in `base` and so is never lost.
`origin` is the revision that a new one was begun from: its secrets are shown masked and come from there.
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
FRESH: dict[str, Any] = {
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
        "tags": tag_group(most=MOST_TAGS - 1),  # one is ours: STEP_TAG
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
            data = self._in_step(data, context)
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
        return self._judge()

    def definition(self) -> dict[str, Any]:
        """As far as the fields are valid; secrets masked as they are shown."""
        return text.ordered(build(cleaned(self), parsed(self.data, "base"), self.context.scope.region))

    def _judge(self) -> bool:
        """Everything in it is well by itself; is it as a whole?"""
        try:
            found = masked_values.restore(self.definition(), self._original())
        except masked_values.StillHidden as error:
            self.add_error(None, f"{error.path} is masked and has no earlier value. Enter the value.")
            return False
        self.cleaned_data["definition"] = found
        wrong = problems(found)
        for problem in wrong:
            self._complain(problem)
        return not wrong

    def _complain(self, problem: Problem) -> None:
        filled = [form for form in self.formsets["containers"].forms if form.cleaned_data]
        form: Any = self if problem.container is None else filled[problem.container]
        form.add_error(problem.field if problem.field in form.fields else None, problem.message)

    def _original(self) -> dict[str, Any]:
        return original(self.context, self.cleaned_data["origin"])

    def _in_step(self, data: Any, context: ActionContext) -> Any:
        """Where only the JSON was changed, the data whose fields say what it says."""
        if not edited(data):
            return data
        try:
            wanted = text.parse(data.get("json", ""))
        except text.BadText as error:
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
    """The posted data after one of the form's own buttons: a group's, or those that copy the form to the JSON and back.

    None when none of them was pressed. `preview` is what a changed field sends by itself: it never overwrites JSON that
    somebody is changing.
    """
    asked = data.get("sync", "")
    if not asked:
        return with_new_container(data)
    if asked == "form":
        try:
            return as_data(text.parse(data.get("json", "")), data)
        except text.BadText:
            return data.copy()
    found = data.copy()
    if asked == "preview" and edited(data):
        return found
    found["json"] = data.get("base", "")
    found["json"] = found["base"] = text.write(RegisterTaskDefinitionForm(found, context=context).definition())
    return found


def start(context: ActionContext, initial: dict[str, Any]) -> dict[str, Any]:
    """What an empty form begins with: the revision that `?from=` names, or a small Fargate task."""
    origin = str(initial.get("from", ""))
    if shown := mask(original(context, origin)):
        fields = fields_of(shown)
    else:
        fields = {**FRESH, "execution_role": usual_role(context, EXECUTION_ROLE)}
        shown = text.ordered(build(fields, {}, context.scope.region))
    written = text.write(shown)
    return {**fields, "json": written, "base": written, "origin": origin, "create_log_groups": True, **initial}


def original(context: ActionContext, name: str) -> dict[str, Any]:
    """The revision as RegisterTaskDefinition takes it, tags included; empty for none. Not masked."""
    found = task_definitions.by_name(context.user, context.scope, name) if name else None
    return text.ordered(text.writable({**found.description, "tags": own_tags(found)})) if found else {}


def own_tags(definition: TaskDefinition) -> list[Mapping[str, str]]:
    """The tags that somebody gave it, without ours and AWS's own."""
    tags = definition.tags.items()
    return [{"key": key, "value": value} for key, value in tags if key != STEP_TAG and not key.startswith("aws:")]
