"""The bench command on an existing, migrated database: `python -m tests.bench.with_database URL SUBJECT ...`."""

import os
import sys
from typing import cast

from support.servers import Postgres

from ecsdash.bench import environment  # first: it clears the environment and sets what the settings read


def main(database_url: str, *arguments: str) -> None:
    environment.SETTINGS["DATABASE_URL"] = os.environ["ECSDASH_DATABASE_URL"] = database_url
    from django.core.management import execute_from_command_line

    from ecsdash.bench import servers

    servers.make_database = lambda family: cast(Postgres, None)  # no measurement restarts it
    execute_from_command_line(["manage.py", "bench", *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])
