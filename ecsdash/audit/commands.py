"""manage.py with a record: commands that change something leave an event. Imported before Django's apps are loaded."""

import getpass
import sys
from collections.abc import Callable
from typing import Any, Final

from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand
from django.db import DatabaseError, transaction

#: Commands that are recorded in the transaction of their change, and the options that the event shows.
CHANGING: Final = {
    "createsuperuser": ("username", "email"),
    "changepassword": ("username",),
    "loaddata": ("args",),
}
#: Commands that can change anything: they are recorded before they start, and also start when that fails, because
#: they are how a broken database is repaired.
OPEN: Final = ("shell", "dbshell")
#: Commands that make the tables of the trail, or copy all of it: they are recorded when they have ended.
AFTER: Final = ("setup_database", "backup", "restore")


class RecordedCommands(ManagementUtility):
    def fetch_command(self, subcommand: str) -> BaseCommand:
        command = super().fetch_command(subcommand)
        wrap = _wrapper(subcommand)
        if wrap:
            command.handle = wrap(subcommand, command.handle)  # type: ignore[method-assign]
        return command


def execute(arguments: list[str]) -> None:
    RecordedCommands(arguments).execute()


Handle = Callable[..., Any]


def _wrapper(name: str) -> Callable[[str, Handle], Handle] | None:
    if name in CHANGING:
        return _with_its_change
    if name in OPEN:
        return _before
    return _after if name in AFTER else None


def _with_its_change(name: str, handle: Handle) -> Handle:
    def recorded(*args: Any, **options: Any) -> Any:
        with transaction.atomic():
            result = handle(*args, **options)
            shown = {option: args if option == "args" else options[option] for option in CHANGING[name]}
            _record(name, {option: value for option, value in shown.items() if value})
        return result

    return recorded


def _before(name: str, handle: Handle) -> Handle:
    def recorded(*args: Any, **options: Any) -> Any:
        try:
            with transaction.atomic():
                _record(name, {})
        except DatabaseError as error:
            sys.stderr.write(f"Not recorded in the audit trail: {type(error).__name__}\n")
        return handle(*args, **options)

    return recorded


def _after(name: str, handle: Handle) -> Handle:
    def recorded(*args: Any, **options: Any) -> Any:
        result = handle(*args, **options)
        _record(name, {})
        return result

    return recorded


def _record(name: str, options: dict[str, Any]) -> None:
    from ecsdash.access.models import User
    from ecsdash.audit.record import record

    about: dict[str, Any] = {}
    if name == "createsuperuser":  # its username may have been typed
        newest = User.objects.filter(is_superuser=True).order_by("-pk").first()
        about = {"resource_type": "user", "resource_name": newest.get_username() if newest else ""}
    detail = {"command": name, **({"options": options} if options else {})}
    record(actor=None, actor_name=f"{_system_user()} on the command line", action="command", detail=detail, **about)


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "somebody"
