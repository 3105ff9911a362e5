from fnmatch import fnmatchcase
from typing import Any

import django.db.models.deletion
import structlog
from django.db import migrations, models

NOTE_LENGTH = 200
log = structlog.get_logger(__name__)


def find_accounts(apps: Any, schema_editor: Any) -> None:
    """Replace the alias pattern of each grant by the accounts that match it: one grant for each.

    A grant whose pattern matches no account allows nothing; it is deleted, and the log has all of it.
    """
    aliases = dict(apps.get_model("inventory", "Account").objects.values_list("pk", "alias"))
    grants = apps.get_model("access", "Grant").objects
    for grant in list(grants.exclude(pattern__regex=r"^\*+$")):
        matching = sorted(pk for pk, alias in aliases.items() if fnmatchcase(alias, grant.pattern))
        if not matching:
            log.warning("grant_without_account_deleted", **described(grant))
            grant.delete()
            continue
        if any(each in grant.pattern for each in "*?"):
            origin = f"From the account pattern {grant.pattern}"
            grant.note = f"{grant.note[: NOTE_LENGTH - len(origin) - 2]}. {origin}" if grant.note else origin
            log.warning("grant_pattern_replaced", accounts=[aliases[pk] for pk in matching], **described(grant))
        made_at = grant.created_at
        for number, pk in enumerate(matching):
            grant.pk = grant.pk if number == 0 else None
            grant.account_id = pk
            grant.save()
            grants.filter(pk=grant.pk).update(created_at=made_at)
    if schema_editor.connection.vendor == "postgresql":  # or the next change of the table waits for these checks
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def described(grant: Any) -> dict[str, str]:
    scope = {name: getattr(grant, name) for name in ("role", "region", "cluster", "service", "note")}
    holder = {"team": grant.team.name} if grant.team else {"user": grant.user.username}
    return {"account": grant.pattern, **scope, **holder}


def write_patterns(apps: Any, schema_editor: Any) -> None:
    """Write the aliases back as text."""
    for grant in apps.get_model("access", "Grant").objects.exclude(account=None).select_related("account"):
        grant.pattern = grant.account.alias
        grant.save(update_fields=["pattern"])
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    """Grants refer to the account's row instead of its alias, so that they stay with it when it is renamed."""

    dependencies = [("access", "0003_preferences"), ("inventory", "0006_pending_describe")]
    operations = [
        migrations.RenameField("grant", "account", "pattern"),
        migrations.AddField(
            model_name="grant",
            name="account",
            field=models.ForeignKey(
                blank=True,
                limit_choices_to={"removed_at": None},
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="grants",
                to="inventory.account",
            ),
        ),
        migrations.AlterModelOptions(
            name="grant",
            options={"ordering": ["team__name", "user__username", "account__alias", "cluster", "service"]},
        ),
        migrations.RunPython(find_accounts, write_patterns),
        migrations.RemoveField("grant", "pattern"),
    ]
