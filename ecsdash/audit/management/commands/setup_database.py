"""Make the database roles, migrate as the owner, and grant the product's role what it needs. It can be repeated."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from ecsdash.audit import roles
from ecsdash.env import parse_database

SCHEMA: Final = "public"


class Command(BaseCommand):
    help = (
        "Set up PostgreSQL: create the owner role (ECSDASH_DATABASE_OWNER_URL) and the product's role "
        "(ECSDASH_DATABASE_URL) with the role of ECSDASH_DATABASE_ADMIN_URL, migrate as the owner, and grant. "
        "Without an administrator's address the two roles must exist."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-migrate", action="store_true", help="make roles and grants only")

    def handle(self, *args: Any, **options: Any) -> None:
        owner, runtime = self._urls()
        with self.as_owner():
            if not options["no_migrate"]:
                call_command("migrate", interactive=False, verbosity=options["verbosity"])
        with _connected(owner) as cursor:
            for statement in roles.grant_statements(SCHEMA, owner["USER"], runtime["USER"]):
                cursor.execute(statement)
        connection.close()
        if found := roles.weaknesses():
            raise CommandError(f"The audit trail is not protected: {'; '.join(found)}.")
        self.stdout.write(f"The database is set up: {runtime['USER']} can add to the audit trail but not change it.")

    @contextmanager
    def as_owner(self) -> Iterator[None]:
        """Make the roles, and let Django's connection be the owner's in this block."""
        owner, runtime = self._urls()
        if settings.DATABASE_ADMIN_URL:
            self._make_roles(parse_database(settings.DATABASE_ADMIN_URL), owner, runtime)
        with _as_role(owner["USER"], owner["PASSWORD"]):
            yield

    def _urls(self) -> tuple[dict[str, Any], dict[str, Any]]:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles. For SQLite, run manage.py migrate.")
        owner, runtime = parse_database(settings.DATABASE_OWNER_URL), dict(connection.settings_dict)
        if not owner.get("USER") or not runtime["USER"]:
            raise CommandError("ECSDASH_DATABASE_OWNER_URL and ECSDASH_DATABASE_URL must each name a user.")
        if owner["USER"] == runtime["USER"]:
            raise CommandError("The owner and the product must have different users in their database addresses.")
        if owner["NAME"] != runtime["NAME"]:
            raise CommandError("The owner's and the product's address must name the same database.")
        return owner, runtime

    def _make_roles(self, admin: dict[str, Any], owner: dict[str, Any], runtime: dict[str, Any]) -> None:
        with _connected(admin) as cursor:
            for role in (owner, runtime):
                if role["USER"] == admin.get("USER"):
                    raise CommandError("The administrator's user must differ from the owner and the product.")
                exists = cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role["USER"]]).rowcount
                for statement in roles.role_statements(role["USER"], role["PASSWORD"], exists=bool(exists)):
                    cursor.execute(statement)
            for statement in roles.database_statements(runtime["NAME"], SCHEMA, owner["USER"], runtime["USER"]):
                cursor.execute(statement)
            if moved := roles.hand_over(cursor, SCHEMA, owner["USER"]):
                self.stdout.write(f"{moved} tables, sequences and functions now belong to {owner['USER']}.")


@contextmanager
def _connected(database: dict[str, Any]) -> Iterator[psycopg.Cursor]:
    """One transaction in this database. Its errors name no password."""
    names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    parts: dict[str, Any] = {name: database[key] for name, key in names.items() if database[key]}
    try:
        with psycopg.connect(**parts) as opened, opened.cursor() as cursor:
            yield cursor
    except psycopg.Error as error:
        raise CommandError(f"PostgreSQL refused: {error}") from error


@contextmanager
def _as_role(user: str, password: str) -> Iterator[None]:
    """Let Django's connection be another role's in this block."""
    before = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    _reconnect(USER=user, PASSWORD=password)
    try:
        yield
    finally:
        _reconnect(**before)


def _reconnect(**values: str) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
    connection.settings_dict.update(values)
