"""What a listener rule does with a request, as form fields: forward to target groups, redirect, or respond."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.forms import formset_factory

from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import Formset, GroupForm
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.documents.listener_rule.actions import FIXED, FORWARD, REDIRECT, REDIRECTS
from services.models import WITH_RULES, LoadBalancer, TargetGroup

MOST_TARGET_GROUPS: Final = 5
RESPONSE_CODE: Final = re.compile(r"[245]\d\d\Z")
CONTENT_TYPES: Final = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")
PORT: Final = re.compile(r"#\{port\}\Z|[1-9]\d{0,4}\Z")


class TargetForm(GroupForm):
    """One target group with its weight."""

    target_group = forms.ChoiceField(label="Target group")
    weight = forms.IntegerField(label="Weight", min_value=0, max_value=999, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        balancer: LoadBalancer = self.context.resource
        rows = choices(TargetGroup, self.context.user, self.context.scope)
        usable = rows.filter(vpc_id=balancer.vpc_id, protocol__in=WITH_RULES)
        field: Any = self.fields["target_group"]
        field.choices = [("", "Choose"), *((row.arn, row.name) for row in permitted(self.context, usable))]


class BaseTargetFormSet(Formset):
    def clean(self) -> None:
        if any(self.errors):
            return
        found = [form.cleaned_data["target_group"] for form in self.forms if form.cleaned_data]
        if not found:
            raise forms.ValidationError("Choose the target group that gets the requests.")
        if max(Counter(found).values()) > 1:
            raise forms.ValidationError("A target group is chosen twice.")


TargetFormSet: type[Formset] = formset_factory(
    TargetForm, formset=BaseTargetFormSet, extra=0, min_num=1, max_num=MOST_TARGET_GROUPS, validate_max=True
)


class RuleActionFields(forms.Form):
    kind = forms.ChoiceField(
        label="What happens with these requests",
        widget=forms.RadioSelect,
        initial=FORWARD,
        choices=[
            (FORWARD, "Forward | To one target group, or to several by weight"),
            (REDIRECT, "Redirect | The client is sent to another address"),
            (FIXED, "Fixed response | The load balancer answers by itself"),
        ],
    )
    sticky_seconds = forms.IntegerField(
        label="Stickiness between target groups", required=False, min_value=1, max_value=604_800,
        help_text="With several target groups: a client stays in one for this long. Empty: off.",
    )  # fmt: skip
    redirect_protocol = forms.ChoiceField(
        label="Protocol", required=False, initial="HTTPS",
        choices=[("#{protocol}", "As in the request"), ("HTTP", "HTTP"), ("HTTPS", "HTTPS")],
    )  # fmt: skip
    redirect_host = forms.CharField(
        label="Host", required=False, max_length=128, help_text="Empty: that of the request."
    )
    redirect_port = forms.CharField(label="Port", required=False, max_length=7, help_text="Empty: as in the request.")
    redirect_path = forms.CharField(
        label="Path", required=False, max_length=128, help_text="Empty: that of the request. #{path} stands for it."
    )
    redirect_query = forms.CharField(
        label="Query", required=False, max_length=128, help_text="Empty: that of the request."
    )
    redirect_code = forms.ChoiceField(
        label="Status code", required=False,
        choices=[("HTTP_301", "301, permanent"), ("HTTP_302", "302, temporary")], initial="HTTP_302",
    )  # fmt: skip
    response_code = required_where_shown(
        forms.CharField(label="Status code", max_length=3, initial="503", help_text="2xx, 4xx or 5xx")
    )
    response_type = forms.ChoiceField(
        label="Content type", required=False, choices=[(each, each) for each in CONTENT_TYPES], initial="text/plain"
    )
    response_body = forms.CharField(
        label="Body", required=False, max_length=1024, widget=forms.Textarea(attrs={"rows": 3})
    )

    def check_action(self, data: Mapping[str, Any]) -> None:
        """Add errors for values that Elastic Load Balancing refuses."""
        if data.get("kind") == FIXED and not RESPONSE_CODE.match(data.get("response_code") or ""):
            self.add_error("response_code", "Enter a status code such as 404 or 503.")
        if data.get("kind") != REDIRECT:
            return
        if data.get("redirect_port") and not PORT.match(data["redirect_port"]):
            self.add_error("redirect_port", "Enter a port number.")
        if data.get("redirect_path") and not data["redirect_path"].startswith("/"):
            self.add_error("redirect_path", "Begin the path with a slash.")
        parts = ("host", "port", "path", "protocol")
        if all((data.get(f"redirect_{part}") or "") in ("", REDIRECTS[part.capitalize()]) for part in parts):
            self.add_error(
                "redirect_host", "Change the protocol, host, port or path: this redirects to the same address."
            )


def action_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the action for cleaned data, as in services.documents.listener_rule."""
    if data["kind"] == REDIRECT:
        parts = {name.lower(): data[f"redirect_{name.lower()}"] or default for name, default in REDIRECTS.items()}
        return {"type": REDIRECT, **parts, "code": data["redirect_code"] or "HTTP_302"}
    if data["kind"] == FIXED:
        body, kind = data["response_body"], data["response_type"] or "text/plain"
        return {"type": FIXED, "code": data["response_code"], "content_type": kind, "body": body}
    groups = [{"arn": each["target_group"], "weight": each["weight"]} for each in data["targets"]]
    sticky = data["sticky_seconds"] or 0 if len(groups) > 1 else 0
    return {"type": FORWARD, "groups": sorted(groups, key=lambda each: str(each["arn"])), "sticky": sticky}


def posted_action(action: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the form for a stored action, with the target groups as `targets`."""
    if action["type"] == REDIRECT:
        parts = {name.lower(): action[name.lower()] for name in REDIRECTS}
        kept = {
            f"redirect_{name}": "" if text == REDIRECTS[name.capitalize()] else text for name, text in parts.items()
        }
        return {"kind": REDIRECT, **kept, "redirect_protocol": parts["protocol"], "redirect_code": action["code"]}
    if action["type"] == FIXED:
        given = {"response_code": action["code"], "response_body": action["body"]}
        return {"kind": FIXED, **given, "response_type": action["content_type"] or "text/plain"}
    targets = [{"target_group": each["arn"], "weight": each["weight"]} for each in action["groups"]]
    return {"kind": FORWARD, "sticky_seconds": action["sticky"] or None, "targets": targets}
