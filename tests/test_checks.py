"""`make test` runs the static checks beside the tests, and fails when one of them does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import product


@pytest.mark.parametrize(("code", "expected"), [(0, pytest.ExitCode.OK), (1, pytest.ExitCode.TESTS_FAILED)])
def test_a_static_check_that_fails_fails_the_run(tmp_path: Path, code: int, expected: pytest.ExitCode) -> None:
    (tmp_path / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    check = [sys.executable, "-c", f"print('what a check prints'); raise SystemExit({code})"]
    (tmp_path / "checks_here.py").write_text(f"from support import report\nreport.COMMAND = {check!r}\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "checks_here", "-p", "support.report", "-n", "1", "test_nothing.py"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(product.ROOT / "bin"), str(tmp_path)])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expected, done.stdout
    assert "what a check prints" in done.stdout
    assert ("static checks failed" in done.stdout) == bool(code)
