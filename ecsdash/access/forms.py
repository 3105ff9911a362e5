from typing import Any

from django import forms

from ecsdash.access.models import Grant, Team, User
from ecsdash.access.permissions import Role


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Team
        fields = ["name"]
        help_texts = {"name": "Letters, digits, hyphens and underscores. For example: shop."}


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
            "team": "Choose either a team or a user.",
            "role": "Viewers can view resources. Deployers can also deploy, scale and restart services. Operators can "
            "also change clusters, instances and task definitions. Administrators can also manage users and settings.",
            "account": "The grant stays with the account when its short name changes.",
            "region": "For example eu-central-1, or * for all regions.",
            "cluster": "Name or pattern. For example, shop-* matches every cluster whose name begins with shop-.",
            "service": "Name or pattern. With any value other than *, the role applies to these services only.",
            "note": "Reason for the grant.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, empty in (("team", "No team"), ("user", "No user"), ("account", "All accounts")):
            self.fields[name].empty_label = empty  # type: ignore[attr-defined]
        self.fields["account"].label_from_instance = lambda account: f"{account.name} ({account.alias})"  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", "Choose a role"), *Role.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("team")) == bool(data.get("user")):
            self.add_error("team", "Choose either a team or a user.")
        return data


class UserForm(forms.Form):
    username = forms.CharField(max_length=150, validators=[User.username_validator])
    name = forms.CharField(max_length=150, required=False, help_text="Full name.")

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError("A user with this username already exists. Choose another username.")
        return username
