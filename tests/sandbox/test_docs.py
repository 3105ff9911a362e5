"""What docs/simulated-aws.md lists is all there is."""

import re
from argparse import ArgumentParser
from pathlib import Path

from ecsdash.sandbox.cli import add_arguments
from ecsdash.sandbox.faults.settings import TITLES
from ecsdash.sandbox.http import admin

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "simulated-aws.md").read_text()


def first_cells(heading: str) -> list[str]:
    table = re.search(rf"^\| {re.escape(heading)} \|.*\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    assert table, heading
    return re.findall(r"^\| `([^`]+)` \|", table[1], re.MULTILINE)


def test_every_fault_is_described() -> None:
    assert first_cells("fault") == list(TITLES)


def test_every_admin_endpoint_is_described() -> None:
    endpoints = {f"GET {admin.PREFIX}{name}" for name in admin.READS} | {
        f"POST {admin.PREFIX}{name}" for name in admin.CHANGES
    }
    assert set(first_cells("endpoint")) == endpoints


def test_every_option_of_serve_is_described() -> None:
    parser = ArgumentParser()
    add_arguments(parser)
    serve = next(action.choices["serve"] for action in parser._actions if isinstance(action.choices, dict))
    options = {option for action in serve._actions for option in action.option_strings if option.startswith("--")}
    assert set(first_cells("option of `serve`")) == options - {"--help"}
