"""The bench command on a database that has its tables: `python -m tests.bench.on_a_copy ADDRESS SUBJECT ...`."""

import os
import sys

from ecsdash.bench import surroundings  # first: it forgets what is set, and Django's settings read what it sets


def main(address: str, *words: str) -> None:
    surroundings.PRODUCT["DATABASE_URL"] = os.environ["ECSDASH_DATABASE_URL"] = address
    from django.core.management import execute_from_command_line

    from ecsdash.bench import stage

    stage.make_database = lambda family: None
    execute_from_command_line(["manage.py", "bench", *words])


if __name__ == "__main__":
    main(*sys.argv[1:])
