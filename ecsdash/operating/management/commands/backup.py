import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from ecsdash.operating.backup import dump


class Command(BaseCommand):
    help = (
        "Write the database into one archive, while the dashboard runs. It holds everything but sessions and keys; "
        "who has it and the keys has every plan and every account. An existing file is not overwritten."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the archive to write, such as ecsdash-2026-11-26.zip")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL is backed up. Of SQLite, copy the file while the dashboard is stopped.")
        path: Path = options["path"]
        unfinished = path.with_name(f"{path.name}.unfinished")
        try:
            if path.exists():
                raise CommandError(f"{path} exists.")
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
                manifest = dump.write(target)
                target.flush()
                os.fsync(target.fileno())
            unfinished.rename(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}") from error
        rows = sum(table.rows for table in manifest.tables)
        self.stdout.write(f"{rows} rows of {len(manifest.tables)} tables are in {path}, as of {manifest.created_at}.")
