"""Django's command-line entry point."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

STANDALONE = {"bench", "faults", "sandbox"}  # they need no installation: their settings are made for them


def main() -> None:
    if sys.argv[1:2] and sys.argv[1] in STANDALONE and find_spec("ecsdash.bench"):  # the image does not have it
        sys.path.insert(0, str(Path(__file__).with_name("bin")))
        os.environ["DJANGO_SETTINGS_MODULE"] = "ecsdash.bench.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecsdash.settings")
    from ecsdash.audit.commands import execute

    execute(sys.argv)


if __name__ == "__main__":
    main()
