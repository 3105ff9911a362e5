"""Form of one container with its repeated groups."""

import json
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.forms import formset_factory

from ecsdash.masking import is_fingerprint
from ecsdash.operations.actions import ActionContext, Formset, GroupForm
from ecsdash.web.forms import repeated_groups
from services.forms.sizes import CpuField, MemoryField
from services.forms.task_definition.field_text import words_of

NAME = RegexValidator(r"^[A-Za-z0-9_-]{1,255}$", "Use letters, digits, - and _ only.")
IMAGE = RegexValidator(
    r"^[A-Za-z0-9_:./#@-]{1,255}$", "This is not an image name. Enter repository:tag without spaces."
)
LINE: dict[str, Any] = {"rows": 1, "class": "one-line"}


class PortForm(GroupForm):
    container_port = forms.IntegerField(min_value=1, max_value=65535)
    protocol = forms.ChoiceField(choices=[("tcp", "TCP"), ("udp", "UDP")])
    host_port = forms.IntegerField(min_value=0, max_value=65535, required=False)
    name = forms.CharField(required=False, max_length=64, label="Port name")


class EnvironmentForm(GroupForm):
    name = forms.CharField(max_length=255)
    kind = forms.ChoiceField(choices=[("value", "Value"), ("secret", "Secret or parameter")])
    value = forms.CharField(
        required=False, strip=False, widget=forms.TextInput(attrs={"list": "known-secrets"}), label="Value or ARN"
    )

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        super().__init__(*args, context=context, **kwargs)
        if "\n" in str(self["value"].value() or ""):  # a text input would drop the line breaks
            self.fields["value"].widget = forms.Textarea(attrs=LINE)

    def clean_value(self) -> str:
        return str(self.cleaned_data["value"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == "secret" and not data.get("value"):
            self.add_error("value", "Enter the ARN of the secret, or the name of an SSM parameter.")
        return data


class MountForm(GroupForm):
    volume = forms.CharField(max_length=255, help_text="Volume name, as under Volumes")
    path = forms.CharField(label="Path in the container")
    read_only = forms.BooleanField(required=False)

    def clean_path(self) -> str:
        path = str(self.cleaned_data["path"])
        if not path.startswith("/") and ":" not in path:
            raise forms.ValidationError("Enter an absolute path: it begins with /.")
        return path


class DependsOnForm(GroupForm):
    container = forms.CharField(max_length=255, label="Wait for container")
    condition = forms.ChoiceField(
        choices=[
            ("START", "has started"),
            ("HEALTHY", "is healthy"),
            ("COMPLETE", "has exited"),
            ("SUCCESS", "has exited with code 0"),
        ],
        label="Until it",
    )


class ContainerForm(GroupForm):
    """Form of one container. Its groups are validated with it and cleaned under their names, as in an ActionForm."""

    groups: ClassVar[dict[str, type[Formset]]] = {
        "ports": formset_factory(PortForm, extra=0),
        "environment": formset_factory(EnvironmentForm, extra=0),
        "mounts": formset_factory(MountForm, extra=0),
        "depends_on": formset_factory(DependsOnForm, extra=0),
    }

    was = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=255, validators=[NAME])
    image = forms.CharField(
        max_length=255, validators=[IMAGE], widget=forms.TextInput(attrs={"list": "known-repositories"})
    )
    essential = forms.BooleanField(
        required=False, initial=True, label="Essential: the task stops when this container stops"
    )
    cpu = CpuField(required=False, min_value=0, label="CPU")
    memory = MemoryField(required=False, min_value=6, label="Memory hard limit")
    memory_reservation = MemoryField(required=False, min_value=6, label="Memory soft limit")
    entry_point = forms.CharField(required=False, widget=forms.Textarea(attrs=LINE))
    command = forms.CharField(
        required=False, widget=forms.Textarea(attrs=LINE), help_text="Shell syntax, or a JSON list"
    )
    working_directory = forms.CharField(required=False)
    health_command = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={**LINE, "placeholder": "curl -f http://localhost/ || exit 1"}),
        label="Health check",
        help_text="Shell command that exits with 0 while the container is healthy",
    )
    health_interval = forms.IntegerField(required=False, min_value=5, max_value=300, label="Interval")
    health_timeout = forms.IntegerField(required=False, min_value=2, max_value=60, label="Timeout")
    health_retries = forms.IntegerField(required=False, min_value=1, max_value=10, label="Retries")
    health_start_period = forms.IntegerField(required=False, min_value=0, max_value=300, label="Start period")
    logs = forms.ChoiceField(
        choices=[("awslogs", "CloudWatch Logs"), ("none", "No logs"), ("kept", "As in the JSON")],
        initial="awslogs",
    )
    log_group = forms.CharField(
        required=False,
        max_length=512,
        widget=forms.TextInput(attrs={"list": "known-log-groups"}),
        help_text="Default: /ecs/<family>",
    )
    log_prefix = forms.CharField(required=False, max_length=200, initial="ecs", label="Stream prefix")

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        super().__init__(*args, context=context, **kwargs)
        self.formsets: dict[str, Formset] = {
            name: repeated_groups.limited(
                group(
                    self.data if self.is_bound else None,
                    prefix=f"{self.prefix}-{name}",
                    initial=None if self.is_bound else self.initial.get(name),
                    form_kwargs={"context": context},
                )
            )
            for name, group in self.groups.items()
        }

    def is_valid(self) -> bool:
        valid = [super().is_valid(), *(formset.is_valid() for formset in self.formsets.values())]
        return all(valid)

    @property
    def opened(self) -> bool:
        """Return whether a collapsed field has a value or an error."""
        folded = ("command", "entry_point", "working_directory", "health_command")
        counts = [self.formsets[name].total_form_count() for name in ("mounts", "depends_on")]
        return any(counts) or any(self[name].value() or self[name].errors for name in folded)

    @property
    def hides(self) -> bool:
        """Return whether a value of the container is shown as its fingerprint."""
        own = (self[name].value() for name in ("command", "entry_point", "health_command"))
        return any(map(is_fingerprint, own)) or any(
            is_fingerprint(form["value"].value()) for form in self.formsets["environment"].forms
        )

    def clean_entry_point(self) -> list[str]:
        return words_of(self.cleaned_data["entry_point"])

    def clean_command(self) -> list[str]:
        return words_of(self.cleaned_data["command"])

    def clean_health_command(self) -> str:
        command = str(self.cleaned_data["health_command"]).replace("\r\n", "\n")
        if command.startswith("["):
            words = words_of(command)
            if not words or words[0] not in ("CMD", "CMD-SHELL", "NONE"):
                raise forms.ValidationError('A list begins with "CMD" or "CMD-SHELL": ["CMD", "/bin/check"].')
            return json.dumps(words)
        return command


def cleaned(form: Any) -> dict[str, Any]:
    """Return the valid data of a bound form and its groups; empty for a blank form."""
    form.errors  # noqa: B018  # Django cleans the form when it is asked for its errors
    found = dict(form.cleaned_data)
    if not found:
        return {}
    for name, formset in getattr(form, "formsets", {}).items():
        found[name] = [each for each in map(cleaned, formset.forms) if each]
    return found
