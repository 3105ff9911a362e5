import json
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone

from ecsdash.access.delegation import is_administrator, managed_teams
from ecsdash.access.grant_texts import brought_by_roles
from ecsdash.access.models import Grant, GroupMapping, Team, User
from ecsdash.access.name_patterns import RolePatternsField
from ecsdash.access.permissions import CAPABILITIES, Capability, Role

#: How long a grant may last: value -> label and duration.
LIFETIMES: Final[dict[str, tuple[str, timedelta | None]]] = {
    "": ("Never", None),
    "1h": ("1 hour", timedelta(hours=1)),
    "8h": ("8 hours", timedelta(hours=8)),
    "1d": ("1 day", timedelta(days=1)),
    "7d": ("7 days", timedelta(days=7)),
    "30d": ("30 days", timedelta(days=30)),
    "90d": ("90 days", timedelta(days=90)),
}


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Team
        fields = ["name"]
        help_texts = {"name": "Letters, digits, hyphens and underscores. For example: shop."}


class MemberForm(forms.Form):
    """Administrators choose from all users. Managers of a team enter a username, because they do not see all users."""

    user = forms.ModelChoiceField(User.objects.none(), empty_label="Choose a user")
    username = forms.CharField(max_length=150)

    def __init__(self, team: Team, giver: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.users = User.objects.filter(is_active=True).exclude(memberships__team=team).order_by("username")
        self.fields["user"].queryset = self.users  # type: ignore[attr-defined]
        del self.fields["username" if is_administrator(giver) else "user"]

    def clean_username(self) -> str:
        user = self.users.filter(username=self.cleaned_data["username"]).first()
        if user is None:
            raise forms.ValidationError("No active user outside of the team has this username.")
        self.cleaned_data["user"] = user
        return str(user)


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]
    """`giver` adds the grant. One who is no administrator grants to the teams that they manage."""

    OF_ROLE, CHOSEN = "role", "chosen"
    capabilities_from = forms.ChoiceField(
        label="Capabilities",
        required=False,
        initial=OF_ROLE,
        widget=forms.RadioSelect,
        choices=[(OF_ROLE, "Those that come with the role"), (CHOSEN, "Choose | A grant can have more or fewer.")],
    )
    capabilities = forms.MultipleChoiceField(
        label="Capabilities of this grant",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=Capability.choices,
        help_text="Used only with “Choose”. What a change can do beyond the resource that it changes.",
    )
    pass_roles = RolePatternsField(
        label="Roles that may be passed",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Name patterns of IAM roles, one on each line. For example, shop-* lets task definitions use every "
        "role whose name begins with shop-. Roles of the same task definition stay allowed, administrators may pass "
        "every role.",
    )

    expires = forms.ChoiceField(
        label="Ends after",
        required=False,
        choices=[(name, label) for name, (label, _) in LIFETIMES.items()],
        help_text="The permissions end by themselves.",
    )

    class Meta:
        model = Grant
        fields = ["team", "user", "role", "capabilities", "pass_roles", "account", "region", "cluster", "service",
                  "note"]  # fmt: skip
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

    def __init__(self, giver: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_administrator(giver):
            self.fields["team"].queryset = managed_teams(giver)  # type: ignore[attr-defined]
            self.fields["user"].queryset = User.objects.none()  # type: ignore[attr-defined]
        for name, empty in (("team", "No team"), ("user", "No user"), ("account", "All accounts")):
            self.fields[name].empty_label = empty  # type: ignore[attr-defined]
        self.fields["account"].label_from_instance = lambda account: f"{account.name} ({account.alias})"  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", "Choose a role"), *Role.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("team")) == bool(data.get("user")):
            self.add_error("team", "Choose either a team or a user.")
        if data.get("capabilities_from") != self.CHOSEN:
            data["capabilities"] = None
        _, lasts = LIFETIMES[data.get("expires") or ""]
        self.instance.expires_at = timezone.now() + lasts if lasts else None
        return data

    @property
    def brought_by_roles(self) -> list[tuple[str, str]]:
        return brought_by_roles()

    @property
    def capabilities_by_role(self) -> str:
        """The boxes that are checked when a role is chosen, as JSON."""
        return json.dumps({role: sorted(held) for role, held in CAPABILITIES.items()})


class UserForm(forms.Form):
    username = forms.CharField(max_length=150, validators=[User.username_validator])
    name = forms.CharField(max_length=150, required=False, help_text="Full name.")

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError("A user with this username already exists. Choose another username.")
        return username


class PolicyForm(forms.Form):
    NOBODY = "nobody"
    role = forms.ChoiceField(
        label="Second factor required for",
        choices=[
            (NOBODY, "Nobody"),
            (Role.ADMIN, "Administrators"),
            (Role.OPERATOR, "Operators and administrators"),
            (Role.DEPLOYER, "Deployers, operators and administrators"),
            (Role.VIEWER, "Everybody who can view something"),
        ],
        help_text="Users with one of these roles anywhere add an authenticator app or a passkey before they continue.",
    )

    def clean_role(self) -> str:
        """Return the least role, "" for nobody."""
        role: str = self.cleaned_data["role"]
        return "" if role == self.NOBODY else role


class MappingForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = GroupMapping
        fields = ["group", "team", "is_manager"]
        help_texts = {"is_manager": "Members of the group manage the team instead of being plain members."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].empty_label = "Choose a team"  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        min_length=10, max_length=200, help_text="What happened and what you are going to do. Everybody who reads the "
        "audit trail sees it.",
    )  # fmt: skip
