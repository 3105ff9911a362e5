from typing import Any

from django import forms

from ecsdash.access.models import Grant, Team, User


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Team
        fields = ["name"]
        help_texts = {"name": "Lower-case letters, digits and hyphens, for example shop."}


class MemberForm(forms.Form):
    user = forms.ModelChoiceField(User.objects.none(), empty_label="Choose a user")

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        users = User.objects.filter(is_active=True).exclude(memberships__team=team).order_by("username")
        self.fields["user"].queryset = users  # type: ignore[attr-defined]


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Grant
        fields = ["team", "user", "role", "account", "region", "cluster", "service", "note"]
        help_texts = {
            "team": "The grant is for a team or for one user.",
            "role": "Viewers look. Deployers also deploy, scale and restart services. Operators also change clusters, "
            "instances and task definitions. Administrators also manage people and settings.",
            "account": "Alias of the AWS account; * for all.",
            "region": "For example eu-central-1; * for all.",
            "cluster": "Name or pattern: shop-* for every cluster whose name begins with shop-.",
            "service": "Name or pattern. With anything but * the grant changes those services only.",
            "note": "Why, for whoever reads this list later.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for holder, empty in (("team", "No team"), ("user", "No user")):
            self.fields[holder].empty_label = empty  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if bool(found.get("team")) == bool(found.get("user")):
            self.add_error("team", "Choose either a team or a user.")
        return found


class UserForm(forms.Form):
    username = forms.CharField(max_length=150, validators=[User.username_validator])
    name = forms.CharField(max_length=150, required=False, help_text="As people know them.")

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError("Somebody has this name already.")
        return username
