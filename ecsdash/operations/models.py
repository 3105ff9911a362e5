"""Drafts (plans shown, not yet confirmed), operations and their steps."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any, Self, cast

import structlog
from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ecsdash.access import policy
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.operations.encrypted_json import EncryptedJSONField
from ecsdash.operations.plan import Plan
from ecsdash.operations.states import ACTIVE, OperationState, StepState

log = structlog.get_logger(__name__)
#: Fields of a form that later forms preselect: they are kept after the end of the operation.
KEPT_FIELDS = ("subnets", "security_groups")


class PlaceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        return cast(Self, policy.visible(self, user, permission, cluster="cluster", service="service"))


class OperationQuerySet(PlaceQuerySet):
    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        """An operation on several resources is visible to those who may see each of them."""
        items = OperationItem.objects.filter(operation=OuterRef("pk"))
        seen = policy.visible(
            OperationItem.objects.filter(operation=OuterRef(OuterRef("pk"))), user, permission,
            account="operation__account__alias", region="operation__region", cluster="cluster", service="service",
        )  # fmt: skip
        return super().visible_to(user, permission).exclude(Exists(items.exclude(pk__in=seen.values("pk"))))

    def of_service(self, scope: Scope, cluster: str, service: str) -> Self:
        """Return the operations on this service, alone or with others."""
        items = OperationItem.objects.filter(
            cluster=cluster, service=service, operation__account=scope.account, operation__region=scope.region
        )
        alone = Q(cluster=cluster, service=service)
        with_others = Q(pk__in=list(items.values_list("operation", flat=True)))
        return self.filter(alone | with_others, account=scope.account, region=scope.region)


def _kept_fields(form_data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: True for name in KEPT_FIELDS if name in form_data}


def _filtered_by(plan_data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what queries filter by, and what lists show if the key is lost."""
    undo = plan_data.get("undo") or {}
    return {
        "summary": plan_data.get("summary", ""),
        "touches": plan_data.get("touches", []),
        "undo": {"action": undo.get("action")},
    }


class Planned(models.Model):
    """What a draft and an operation share: the action, its scope, its resource, and its plan as data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=30)
    cluster = models.CharField(max_length=255, blank=True)
    service = models.CharField(max_length=255, blank=True)
    resource_type = models.CharField(max_length=40, blank=True)
    resource_key = models.CharField(max_length=600)
    resource_name = models.CharField(max_length=300)
    url_kwargs = models.JSONField(default=dict)
    form_data = EncryptedJSONField(default=dict, readable=_kept_fields)
    plan_data = EncryptedJSONField(readable=_filtered_by)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def plan(self) -> Plan:
        return Plan.from_json(self.plan_data)

    @property
    def scope(self) -> Scope:
        return Scope(self.account, self.region)

    def access_target(self) -> AccessTarget:
        return AccessTarget(self.account.alias, self.region, self.cluster, self.service)

    def place_of(self, item: str) -> AccessTarget:
        """Return the place whose permission decides on the steps of an item; without one, that of the plan."""
        found = (each for each in self.plan_data.get("items", ()) if each["name"] == item)
        return next(map(self._place, found), self.access_target())

    def places(self) -> list[AccessTarget]:
        """Return the places whose permission the change needs: those of its items, else its own."""
        return [self._place(each) for each in self.plan_data.get("items", ())] or [self.access_target()]

    def _place(self, item: Mapping[str, Any]) -> AccessTarget:
        return AccessTarget(self.account.alias, self.region, item["cluster"], item["service"])


class Draft(Planned):
    """A plan under review by the user who made it. `checked` holds the results of its live checks as they arrive;
    `checks_sent_at` is when a worker was last asked for them."""

    checked = models.JSONField(default=dict)
    checks_sent_at = models.DateTimeField(null=True)
    undo_of = models.ForeignKey("Operation", on_delete=models.CASCADE, null=True, related_name="+")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.action} {self.resource_name}"


class Operation(Planned):
    """A plan that is being executed, or was. The row is the truth, the queue only a hint.

    A worker owns it from a claim until `lease_until` (database clock). `fence` grows with each claim, and every write
    of a worker names the fence of its claim, so a worker that lost its lease writes nothing.
    """

    state = models.CharField(max_length=20, choices=OperationState, default=OperationState.PENDING)
    reason = models.TextField(blank=True)
    error = models.JSONField(default=dict, help_text="kind, code, message, call, request_id of what ended it")
    outputs = models.JSONField(default=list)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    cancel_requested_by = models.CharField(max_length=150, blank=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    undo_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undos")
    retried_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    request_id = models.CharField(
        max_length=64, blank=True, db_default="", default="", help_text="Of the request that started or retried it last"
    )
    redacted_at = models.DateTimeField(null=True, help_text="When its values were removed: it cannot be retried")

    objects = OperationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "region", "resource_key"],
                condition=Q(state__in=[state.value for state in ACTIVE]),
                name="one_active_operation_per_resource",
            )
        ]
        indexes = [
            models.Index(fields=["state", "next_check_at"]),
            models.Index(fields=["account", "region", "cluster", "service", "-created_at"]),
            models.Index(fields=["-created_at"]),
            models.Index(fields=["action", "id"], name="operations_by_action"),
            models.Index(fields=["ended_at"], name="operations_to_redact", condition=Q(redacted_at=None)),
            models.Index(fields=["state", "id"], name="operations_by_state"),
            models.Index(fields=["resource_name", "id"], name="operations_by_resource"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.resource_name}"

    @property
    def state_enum(self) -> OperationState:
        return OperationState(self.state)

    @property
    def acting_user(self) -> User:
        """The user in whose name its calls are made: the one who retried it last, else the one who started it."""
        return self.retried_by or self.user

    def publish_state_change(self, state: OperationState) -> None:
        """Call where its state changes: the log has it, lists show it, and pages how many are in progress."""
        changes.bump(self.account, self.region, "operations")
        transaction.on_commit(partial(self._log_state, state))

    def _log_state(self, state: OperationState) -> None:
        log.info(
            "operation_state",
            operation=str(self.pk),
            state=state.value,
            action=self.action,
            account=self.account.alias,
            region=self.region,
            request_id=self.request_id,
            fence=self.fence,
        )

    def publish_step_change(self) -> None:
        """Call where one of its steps changes: its own page shows them."""
        changes.bump(self.account, self.region, "operation_steps")


class OperationStep(models.Model):
    """One step of an operation. `result` is AWS's answer; its id is the client token of the call."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=20, choices=StepState, default=StepState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    answered = models.BooleanField(default=False, help_text="The call has taken effect; `result` is its answer")
    result = EncryptedJSONField(default=dict)
    request_ids = models.JSONField(default=list)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    error = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["operation", "position"], name="one_step_per_position")]

    def __str__(self) -> str:
        return self.title

    @property
    def seconds(self) -> float | None:
        """Duration in seconds, so far or in all; None before its start."""
        return ((self.ended_at or timezone.now()) - self.started_at).total_seconds() if self.started_at else None

    @property
    def state_enum(self) -> StepState:
        return StepState(self.state)


class OperationItem(models.Model):
    """One of several resources that an operation changes. While it is active no other operation may change them."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="items")
    name = models.CharField(max_length=300)
    resource_key = models.CharField(max_length=600)
    cluster = models.CharField(max_length=255, blank=True)
    service = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["cluster", "service"], name="operation_items_by_place")]

    def __str__(self) -> str:
        return self.name
