"""Installation of a checkout: what is repeated, and how errors are reported."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import frontend, install, product
from support.errors import UnusableError, explain_install, one_line
from support.stamp import Stamp

ROOT = product.ROOT


def test_a_part_is_set_up_again_only_when_its_inputs_change(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("django==5.2")
    Stamp(tmp_path / "stamp", [lock]).write()
    assert Stamp(tmp_path / "stamp", [lock]).matches()
    lock.write_text("django==5.3")
    assert not Stamp(tmp_path / "stamp", [lock]).matches()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("error: Failed to fetch\n  Caused by: dns error: failed to lookup address", "cannot be reached"),
        ("npm error code EAI_AGAIN", "cannot be reached"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("first\nTHE HASHES DO NOT MATCH\n", "THE HASHES DO NOT MATCH"),
        ("", "it printed nothing"),
    ],
)
def test_an_installer_that_failed_is_explained_in_one_line(output: str, said: str) -> None:
    assert said in explain_install(output)
    assert "\n" not in explain_install(output)


def test_an_error_of_the_user_is_one_line_and_exit_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, one_line():
        raise UnusableError("port 8000 is taken")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "ecsdash: port 8000 is taken\n"


@pytest.mark.parametrize("command", ["setup", "demo", "test"])
def test_an_old_python_is_reported_in_one_line(command: str) -> None:
    pretend = f"import sys, runpy; sys.version_info = (3, 9, 2); runpy.run_path({str(ROOT / 'bin' / command)!r})"
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "ecsdash needs Python 3.11 or newer; this is Python 3.9\n"


@pytest.mark.parametrize("command", ["setup", "demo", "test"])
def test_the_commands_start_with_syntax_of_old_pythons(command: str) -> None:
    head = (ROOT / "bin" / command).read_text().split("from support")[0]
    compile(head, command, "exec", dont_inherit=True)
    assert re.search(r"f\"|:=|match ", head) is None


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.stem)
def test_every_python_package_is_locked_by_hash(lock: Path) -> None:
    pinned = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert all("==" in package and "--hash=sha256:" in package for package in pinned)


@pytest.mark.parametrize(
    "name", ["package-lock.json", *(f"requirements/{kind}.txt" for kind in ("base", "demo", "test"))]
)
def test_no_lock_file_names_a_download_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


def test_front_end_packages_are_pinned_exactly() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["dependencies"].values())


def test_the_sprite_holds_each_listed_icon_once(tmp_path: Path) -> None:
    names = tmp_path / "icons.txt"
    names.write_text("check\nstar\ncheck\n")
    sprite = frontend.sprite(names, ROOT / "node_modules")
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == ["check", "star"]


def test_an_icon_that_does_not_exist_is_named(tmp_path: Path) -> None:
    names = tmp_path / "icons.txt"
    names.write_text("no-such-icon")
    with pytest.raises(UnusableError, match="no-such-icon"):
        frontend.sprite(names, ROOT / "node_modules")


def test_without_a_list_the_sprite_is_empty(tmp_path: Path) -> None:
    assert "<symbol" not in frontend.sprite(tmp_path / "absent.txt", ROOT / "node_modules")


def test_copied_files_have_no_source_map() -> None:
    for name in frontend.COPIES.values():
        assert b"sourceMappingURL" not in (ROOT / "static" / "vendor" / name).read_bytes()


def test_a_second_setup_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(f"ran {arguments}")

    monkeypatch.setattr(subprocess, "run", refuse)
    install.ensure("test")
