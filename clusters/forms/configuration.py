"""The form fields of a cluster's configuration: default namespace, ECS Exec, keys of managed storage.

What the fields do not show is kept as it is.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator

from ecsdash.operations.actions import ActionContext, ActionForm

Json = dict[str, Any]
LOGGING: Final = {
    "": "Not configured: as DEFAULT",
    "DEFAULT": "DEFAULT: to the log group of the container, if it uses awslogs",
    "NONE": "NONE: not logged",
    "OVERRIDE": "OVERRIDE: to the log group or bucket below",
}
KEY = RegexValidator(
    re.compile(r"\A(?:arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:(?:key|alias)/)?[\w/-]{1,256}\Z", re.ASCII),
    "Enter the ID, alias or ARN of a KMS key.",
)
NAMESPACE = RegexValidator(re.compile(r'\A[^<>"/\s](?:[^<>"\s]{0,1023})\Z'), "Enter the name or ARN of a namespace.")
LOG_GROUP = RegexValidator(
    re.compile(r"\A[\w.\-/#]{1,512}\Z", re.ASCII), "Use up to 512 letters, digits and . - _ / #."
)
BUCKET = RegexValidator(re.compile(r"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\Z"), "Enter the name of an S3 bucket.")
#: Field -> its place in `configuration`.
PLACES: Final = {
    "exec_logging": ("executeCommandConfiguration", "logging"),
    "exec_key": ("executeCommandConfiguration", "kmsKeyId"),
    "exec_log_group": ("executeCommandConfiguration", "logConfiguration", "cloudWatchLogGroupName"),
    "exec_log_encrypted": ("executeCommandConfiguration", "logConfiguration", "cloudWatchEncryptionEnabled"),
    "exec_bucket": ("executeCommandConfiguration", "logConfiguration", "s3BucketName"),
    "exec_prefix": ("executeCommandConfiguration", "logConfiguration", "s3KeyPrefix"),
    "exec_bucket_encrypted": ("executeCommandConfiguration", "logConfiguration", "s3EncryptionEnabled"),
    "storage_key": ("managedStorageConfiguration", "kmsKeyId"),
    "fargate_key": ("managedStorageConfiguration", "fargateEphemeralStorageKmsKeyId"),
}
OF_OVERRIDE: Final = tuple(name for name, place in PLACES.items() if "logConfiguration" in place)


class ConfigurationFields(ActionForm):
    namespace = forms.CharField(
        label="Default namespace",
        max_length=1024,
        required=False,
        validators=[NAMESPACE],
        help_text="The Cloud Map namespace of services with Service Connect that name none. Name or ARN.",
    )
    exec_logging = forms.ChoiceField(label="Logging of sessions", required=False, choices=list(LOGGING.items()))
    exec_log_group = forms.CharField(label="CloudWatch log group", required=False, validators=[LOG_GROUP])
    exec_log_encrypted = forms.BooleanField(label="The log group is encrypted", required=False)
    exec_bucket = forms.CharField(label="S3 bucket", required=False, validators=[BUCKET])
    exec_prefix = forms.CharField(label="Prefix in the bucket", max_length=512, required=False)
    exec_bucket_encrypted = forms.BooleanField(label="The bucket is encrypted", required=False)
    exec_key = forms.CharField(
        label="KMS key of sessions",
        max_length=2048,
        required=False,
        validators=[KEY],
        help_text="Encrypts the data between client and container. The task role needs kms:Decrypt.",
    )
    storage_key = forms.CharField(
        label="KMS key of managed storage",
        max_length=2048,
        required=False,
        validators=[KEY],
        help_text="Encrypts EBS volumes that ECS creates for tasks.",
    )
    fargate_key = forms.CharField(
        label="KMS key of Fargate ephemeral storage",
        max_length=2048,
        required=False,
        validators=[KEY],
        help_text="Applies to tasks that start afterwards.",
    )

    def __init__(self, data: Any = None, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        super().__init__(_with_present(data, context.resource), *args, context=context, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        targets = {"exec_log_group", "exec_bucket"}
        given = any(data.get(name) for name in targets) or targets & self.errors.keys()
        if data.get("exec_logging") == "OVERRIDE" and not given:
            self.add_error("exec_log_group", "Enter a log group or an S3 bucket, or choose another logging.")
        return data


def _with_present(data: Any, cluster: Any) -> Any:
    """Return posted data, with what the cluster has if it was posted without these fields: a stored undo of a version
    without them. A browser posts the namespace always, also an empty one."""
    if data is None or cluster is None or "namespace" in data:
        return data
    kept = data.copy()
    for name, value in configuration_initial(cluster.description).items():
        kept.setdefault(name, value)
    return kept


def configuration_initial(description: Mapping[str, Any]) -> Json:
    """Return the values of the fields for a cluster as ECS describes it."""
    configuration = description.get("configuration") or {}
    fields = {name: _get(configuration, place) for name, place in PLACES.items()}
    namespace = (description.get("serviceConnectDefaults") or {}).get("namespace", "")
    return {"namespace": namespace, **{name: value for name, value in fields.items() if value not in (None, "")}}


def configuration_of(data: Mapping[str, Any], present: Mapping[str, Any]) -> Json:
    """Return `configuration` with the values of the form in their places, and the rest of `present`."""
    wanted = {name: data.get(name) for name in PLACES}
    if wanted["exec_logging"] != "OVERRIDE":
        wanted |= dict.fromkeys(OF_OVERRIDE)
    found = _copy(present)
    for name, place in PLACES.items():
        _put(found, place, wanted[name])
    return {key: value for key, value in found.items() if value}


def configuration_lines(configuration: Mapping[str, Any]) -> Json:
    """Return the fields that have a value, by their labels, for the changes of a plan."""
    labels = {name: str(ConfigurationFields.base_fields[name].label) for name in PLACES}
    values = {labels[name]: _get(configuration, place) for name, place in PLACES.items()}
    return {label: value for label, value in values.items() if value not in (None, "", False)}


def _get(data: Mapping[str, Any], place: tuple[str, ...]) -> Any:
    value: Any = data
    for key in place:
        value = (value or {}).get(key)
    return value


def _put(data: Json, place: tuple[str, ...], value: Any) -> None:
    """Set the value, or remove it and what is empty then. False is removed only where it says nothing new."""
    *above, name = place
    inner = data
    for key in above:
        inner = inner.setdefault(key, {})
    if value in (None, "") or (value is False and name not in inner):
        inner.pop(name, None)
    else:
        inner[name] = value
    for length in range(len(above), 0, -1):
        holder = data
        for key in above[: length - 1]:
            holder = holder[key]
        if not holder[above[length - 1]]:
            del holder[above[length - 1]]


def _copy(data: Any) -> Any:
    return {key: _copy(value) for key, value in data.items()} if isinstance(data, Mapping) else data
