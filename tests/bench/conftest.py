import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import product
from support.environment import clean

from tests import databases

Figures = dict[str, dict[str, Any]]
Bench = Callable[..., Figures]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the product after `bin/setup`, without collected static files."""
    root = tmp_path / "clone"
    for name in ("bin", "clusters", "ecsdash", "requirements", "services", "static", "templates", "tests"):
        shutil.copytree(product.ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(product.ROOT / "manage.py", root)
    return root


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return a function that runs the bench command and returns its figures by name.

    The database is a copy of a migrated one, to save time; the command starts everything else itself. `faults`
    (tests/trust) starts its own database by the same code.
    """

    def run(subject: str, *options: str, root: Path = product.ROOT) -> Figures:
        output, database = tmp_path / "figures.json", f"bench_{subject}"
        databases.copy(database)
        arguments = [databases.address(database), subject, *options, "--json", str(output)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.with_database", *arguments],
            env={**clean({}), "PYTHONPATH": "bin"},
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return {figure["name"]: figure for figure in json.loads(output.read_text())}

    return run
