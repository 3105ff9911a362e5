"""System checks of the audit trail: addresses and keys always, the database role with `check --deploy`."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError, connection

from ecsdash.audit import keys, roles
from ecsdash.audit.sinks import sink
from ecsdash.audit.verifier import UnreadableError


@register("audit")
def check_settings(**kwargs: Any) -> Iterable[CheckMessage]:
    """Report keys and addresses that are none. The messages name the position, because an address may hold a secret."""
    try:
        keys.all_keys()
    except UnreadableError as error:
        yield Error(f"ECSDASH_AUDIT_KEYS: {error}", id="audit.E001")
    for name in ("AUDIT_CHECKPOINTS", "AUDIT_SINKS"):
        for position, address in enumerate(getattr(settings, name), 1):
            try:
                sink(address)
            except ValueError as error:
                yield Error(f"ECSDASH_{name}, address {position}: {error}", id="audit.E002")


@register("audit", deploy=True)
def check_trust(**kwargs: Any) -> Iterable[CheckMessage]:
    """Warn when the trail could be rewritten by somebody who has the database alone."""
    if not settings.AUDIT_KEYS:
        text = "ECSDASH_AUDIT_KEYS is not set: the audit trail is signed with a key derived from ECSDASH_SECRET_KEY."
        yield checks.Warning(text, hint="Set a key of its own, which can be given to an auditor.", id="audit.W001")
    if not settings.AUDIT_CHECKPOINTS:
        text = "ECSDASH_AUDIT_CHECKPOINTS is empty: nothing outside the database says how long the audit trail is."
        yield checks.Warning(text, hint="Name a folder or a bucket that the database cannot write.", id="audit.W002")
    if connection.vendor != "postgresql":
        return
    try:
        found = roles.weaknesses()
    except DatabaseError as error:
        yield checks.Warning(f"The database role was not checked ({type(error).__name__}).", id="audit.W003")
    else:
        for text in found:
            hint = "Run manage.py setup_database and use the role it makes for the product."
            yield checks.Warning(f"{text[0].upper()}{text[1:]}.", hint=hint, id="audit.W004")
