"""Rows as the code of an earlier release would write them: only its own columns, with any valid values."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.db import models

VALUES: dict[Any, Any] = {
    models.DateTimeField: datetime(2026, 1, 1, tzinfo=UTC),
    models.JSONField: {},
    models.BooleanField: False,
    models.FloatField: 1.0,
}
#: What the database requires beside the columns that cannot be null: "relation" creates the row that is referred to.
MORE: dict[str, dict[str, Any]] = {
    "access.Grant": {"user": "relation"},
    "access.OwnershipRule": {"pattern": "old-*"},
    "audit.AuditEvent": {"seq": 1, "prev_hash": "0" * 64},
}


class OldRows:
    """Creates one row of each model, and the rows that it refers to."""

    def __init__(self) -> None:
        self._rows: dict[str, models.Model] = {}
        self._number = 0

    def created(self, model: type[models.Model]) -> models.Model:
        """Return the row of this model, created on first use."""
        label = model._meta.label
        if label not in self._rows:
            self._rows[label] = model._default_manager.create(**self._values(model))
        return self._rows[label]

    def _values(self, model: type[models.Model]) -> dict[str, Any]:
        needed = (
            each for each in model._meta.concrete_fields if not (each.null or each.has_default() or each.generated)
        )
        values = {each.name: self._value(each) for each in needed if not isinstance(each, models.AutoField)}
        for name, value in MORE.get(model._meta.label, {}).items():
            values[name] = self._value(model._meta.get_field(name)) if value == "relation" else value
        return values

    def _value(self, field: Any) -> Any:
        self._number += 1
        if field.is_relation and isinstance(field.related_model, type):
            return self.created(field.related_model)
        for kind, value in VALUES.items():
            if isinstance(field, kind):
                return value
        if isinstance(field, models.UUIDField):
            return uuid.uuid4()
        if isinstance(field, models.IntegerField):
            return self._number
        return "" if field.blank else f"old-{self._number}"
