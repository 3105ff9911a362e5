"""The README agrees with the code."""

import re
from pathlib import Path

import pytest
from support import demo, product

ROOT = product.ROOT
README = (ROOT / "README.md").read_text()
READ = re.compile(r"env\.(?:text|flag|number|words|url|database)\(\s*\"([A-Z_]+)\"")
NAME = re.compile(r"ECSDASH_[A-Z_]+")


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no section {title!r}"
    return found.group(1)


def first_cells(table: str) -> list[str]:
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| `")]
    return [word for cell in rows for word in re.findall(r"`([^`]+)`", cell)]


def read_variables() -> set[str]:
    return {f"ECSDASH_{name}" for name in READ.findall((ROOT / "ecsdash" / "settings.py").read_text())}


def test_the_configuration_table_lists_exactly_the_variables() -> None:
    assert set(first_cells(section("Configuration"))) == read_variables()


def test_the_example_environment_has_exactly_the_variables() -> None:
    assert set(NAME.findall((ROOT / ".env.example").read_text())) == read_variables()


@pytest.mark.parametrize("path", re.findall(r"\| `([^`]+)` \|$", section("Where to find it"), re.MULTILINE))
def test_every_path_in_the_table_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_decision_record_is_listed() -> None:
    records = {f"docs/decisions/{path.name}" for path in (ROOT / "docs" / "decisions").glob("*.md")}
    assert records == set(re.findall(r"\((docs/decisions/[^)]+)\)", section("Decisions")))


@pytest.mark.parametrize("record", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_record_is_short_and_complete(record: Path) -> None:
    text = record.read_text()
    assert len(text.splitlines()) <= 20
    for part in ("**Question.**", "**Choice.**", "**Given up.**"):
        assert part in text, part


def test_the_options_of_the_demo_are_described(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        demo.parse(["--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert options == set(re.findall(r"`(--[a-z-]+)", section("Try it")))
