"""A data directory that the demo cannot use is one line on standard error, not a traceback."""

from pathlib import Path

import pytest
from support import demo_data
from support.demo_data import DemoData
from support.errors import UNUSABLE, one_line


def refusal(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what is said when the directory cannot be claimed."""
    with pytest.raises(SystemExit) as end, one_line(), DemoData(path).claimed(reset=False):
        pass
    assert end.value.code == UNUSABLE
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_a_file_in_the_place_of_the_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written: Not a directory" in refusal(tmp_path / "file" / "data", capsys)


def test_a_directory_of_a_read_only_file_system(capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be written" in refusal(Path("/sys/ecsdash"), capsys)


def test_a_disk_without_room(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_data, "ROOM", 1 << 60)
    assert "is full" in refusal(tmp_path / "data", capsys)


def test_a_disk_that_is_full_while_the_demo_runs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), one_line(), Path("/dev/full").open("w") as full:
        full.write("x" * 100_000)
    assert capsys.readouterr().err == "ecsdash: the disk is full\n"
