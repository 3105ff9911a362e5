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
    """A copy of the product after `bin/setup`: its static files were never gathered."""
    root = tmp_path / "clone"
    for name in ("bin", "clusters", "ecsdash", "requirements", "services", "static", "templates", "tests"):
        shutil.copytree(product.ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(product.ROOT / "manage.py", root)
    return root


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Runs the bench command and answers its figures by name.

    Its database is a copy of the migrated one, which saves it the migrations; all else it starts itself. That it needs
    nothing is shown where it is run as it stands (test_deploy, test_sandbox).
    """

    def run(subject: str, *options: str, root: Path = product.ROOT) -> Figures:
        kept, database = tmp_path / "figures.json", f"bench_{subject}"
        databases.copy(database)
        words = [databases.address(database), subject, *options, "--json", str(kept)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.on_a_copy", *words],
            env={**clean({}), "PYTHONPATH": "bin"},
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return {figure["name"]: figure for figure in json.loads(kept.read_text())}

    return run
