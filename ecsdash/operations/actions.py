"""Actions: one module for each in an app's package `actions`. Button, address, review, operation, audit event and IAM
permissions follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms
from django.forms import BaseFormSet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from ecsdash.access import policy
from ecsdash.access.judgement import Judge
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.aws import arns
from ecsdash.inventory.models import READ_ONLY, Account, Resource
from ecsdash.inventory.scope import Scope
from ecsdash.operations.plan import Danger, Plan
from ecsdash.web.forms import repeated_groups

if TYPE_CHECKING:
    Formset = BaseFormSet[Any]
else:
    Formset = BaseFormSet


@dataclass(frozen=True)
class ActionContext:
    """The scope, the user, the resource that the action changes (None when it creates one), and its permission.
    `proved`: the user proved who they are within the last minutes."""

    scope: Scope
    user: User
    resource: Any = None
    permission: Permission = Permission.OPERATE
    source_ip: str = ""
    proved: bool = False

    @cached_property
    def judge(self) -> Judge:
        """Judges what a form may offer."""
        place = self.resource.access_target() if self.resource is not None else self.scope.access_target()
        return Judge(self.user, self.permission, place)

    def arn(self, service: str, path: str) -> str:
        """Return the ARN of a resource in this scope: `arn("ecs", "cluster/shop")`."""
        return arns.arn(service, self.scope.region, self.scope.account.account_id, path)


class ActionForm(forms.Form):
    """The form of an action; its choices come from the inventory.

    `groups` are formsets inside it ("containers"): name -> class. They are validated with the form, and `cleaned_data`
    holds their cleaned forms under the same name. The forms of a group get the context too.
    """

    groups: ClassVar[dict[str, type[Formset]]] = {}

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)
        self.formsets: dict[str, Formset] = {
            name: repeated_groups.limited(
                group(
                    self.data if self.is_bound else None,
                    prefix=name,
                    initial=None if self.is_bound else self.initial.get(name),
                    form_kwargs={"context": context},
                )
            )
            for name, group in self.groups.items()
        }

    def unused_groups(self) -> frozenset[str]:
        """Return the groups that the current values of the form do not use: hidden, and not validated."""
        return frozenset()

    def is_valid(self) -> bool:
        used = {name: group for name, group in self.formsets.items() if name not in self.unused_groups()}
        valid = [super().is_valid(), *(group.is_valid() for group in used.values())]
        if not all(valid):
            return False
        for name in self.formsets:
            forms_of = used.get(name, ())
            self.cleaned_data[name] = [form.cleaned_data for form in forms_of if form.cleaned_data]
        return True


class GroupForm(forms.Form):
    """One form of a group."""

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)


class Action:
    """One change that a user may ask for.

    `path` is its address below `/<account>/<region>/`; its keywords are those of the resource type's URL.
    `calls` names every AWS call that a plan of it may contain: the IAM permissions follow from it.
    `quick`: in a development account its form has a second button that executes at once, unless a check warns.
    `act` is the label of the buttons that execute, `{field}` standing for a value of the form; empty: `label`.
    `watches`: the nouns that the form offers: they are swept while it is open.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    permission: ClassVar[Permission] = Permission.OPERATE
    danger: ClassVar[Danger] = Danger.CHANGES
    resource_type: ClassVar[type[Resource] | None] = None
    creates: ClassVar[str] = ""
    path: ClassVar[str]
    form_class: ClassVar[type[ActionForm]] = ActionForm
    template: ClassVar[str] = "operations/action.html"
    icon: ClassVar[str] = ""
    quick: ClassVar[bool] = False
    act: ClassVar[str] = ""
    calls: ClassVar[tuple[str, ...]] = ()
    watches: ClassVar[tuple[str, ...]] = ()

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        """Return the plan, made from the inventory only: no AWS call. Raise PlanError with the field to change."""
        raise NotImplementedError

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        """The place whose permission decides. `data` is the cleaned form, None before it is submitted."""
        return context.resource.access_target() if context.resource is not None else context.scope.access_target()

    def may_open(self, context: ActionContext) -> bool:
        """Return whether the user may open the form. The submitted form is checked again."""
        return self.permits(context.user, self.access_target(context))

    def permits(self, user: User, target: AccessTarget) -> bool:
        """Return whether the user may plan the change at this place."""
        return policy.can(user, self.permission, target)

    def back(self, context: ActionContext) -> str:
        """The address that Cancel leads to: the page of the resource, or of what will contain the new one."""
        if context.resource is not None:
            return str(context.resource.get_absolute_url())
        return f"/{context.scope.account.alias}/{context.scope.region}/clusters/"

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        """The breadcrumbs above the form's own."""
        return [] if context.resource is None else list(context.resource.crumbs())

    def unavailable(self, resource: Any) -> str:
        """The reason why the button is disabled for this resource now; empty when it is enabled."""
        return ""

    def obstacle(self, account: Account, resource: Any) -> str:
        """Return why the action is not possible in this account now; empty when it is. `resource` may be None."""
        if account.read_only:
            return READ_ONLY
        return "" if resource is None else self.unavailable(resource)

    def initial(self, context: ActionContext) -> dict[str, Any]:
        return {}

    def reworked(self, context: ActionContext, data: QueryDict) -> QueryDict | None:
        """Return the posted data as changed by a button of the form (add, remove); None for other buttons."""
        return repeated_groups.after_button(data, self.form_class.groups)

    def extra_context(self, context: ActionContext, form: ActionForm) -> dict[str, Any]:
        """Context of the action's own template beside the form."""
        return {}

    def at_once(self, scope: Scope) -> bool:
        """Return whether the form offers to act without a review first."""
        return (
            self.quick and self.danger is Danger.NONE and scope.account.environment == Account.Environment.DEVELOPMENT
        )

    def act_label(self, filled: Mapping[str, Any]) -> str:
        """Return the label of the button that acts, with the values filled in so far."""
        shown = {name: filled.get(name) for name in self.form_class.base_fields}
        label = self.act.format_map({name: "…" if value in (None, "") else value for name, value in shown.items()})
        return label or self.label

    @property
    def url_name(self) -> str:
        return f"actions:{self.name}"

    @property
    def noun(self) -> str:
        return self.creates or (self.resource_type.NOUN if self.resource_type else "")


ACTIONS: dict[str, Action] = {}
ActionClass = TypeVar("ActionClass", bound=type[Action])


def register(action_class: ActionClass) -> ActionClass:
    """Class decorator. A name is `verb_noun`, the same as the module's."""
    action = action_class()
    if action.name in ACTIONS:
        raise ValueError(f"two actions are called {action.name}")
    ACTIONS[action.name] = action
    return action_class


def action_context(action: Action, user: User, scope: Scope, kwargs: dict[str, str]) -> ActionContext:
    """Return the context with the resource in the address. Raise Http404 unless it exists and the user may see it."""
    if action.resource_type is None:
        return ActionContext(scope, user, permission=action.permission)
    rows = action.resource_type.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    wanted = {lookup: kwargs[keyword] for keyword, lookup in action.resource_type.URL.items()}
    return ActionContext(scope, user, get_object_or_404(rows.select_related("account"), **wanted), action.permission)


def as_query(data: Mapping[str, Any]) -> QueryDict:
    """Return stored form data, or the data of an Undo, in the format of posted data."""
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, [str(v) for v in value] if isinstance(value, list) else [str(value)])
    return query
