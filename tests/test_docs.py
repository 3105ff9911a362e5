"""What the README and docs/architecture.md say is so."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from support import demo, product

ROOT = product.ROOT
README = (ROOT / "README.md").read_text()
READ = re.compile(r"env\.(?:text|secret|flag|number|words|networks|hosts|url|server|database)\(\s*\"([A-Z_]+)\"")
DEFAULT = re.compile(r"env\.(?:flag|number)\(\s*\"([A-Z_]+)\", (\w+)[,)]")
PRODUCT = ("ecsdash", "clusters", "services")
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
    assert set(NAME.findall((ROOT / ".env.example").read_text())) - {"ECSDASH_SITE"} == read_variables()


def test_the_defaults_are_the_same_everywhere() -> None:
    """Numbers and flags whose default is one value; an installation has to change some lines of the example."""
    settings = (ROOT / "ecsdash" / "settings.py").read_text()
    real = {f"ECSDASH_{name}": value.lower() for name, value in DEFAULT.findall(settings)}
    assert len(real) > 12
    rows = re.findall(r"^\| `(ECSDASH_[A-Z_]+)` \| ([^|]+) \|", section("Configuration"), re.MULTILINE)
    assert {name: value for name, value in rows if name in real} == real
    shown = re.findall(r"^# (ECSDASH_[A-Z_]+)=(\w+)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert {(name, value) for name, value in shown if name in real} <= set(real.items())


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


class Answer(NamedTuple):
    """One row of the table "How to find"."""

    question: str
    search_for: str
    open_first: list[str]
    to_its_end: list[str]


def answers() -> list[Answer]:
    text = (ROOT / "docs" / "architecture.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if re.match(r"\| [A-Z][^|]*\? \|", line)]
    return [Answer(row[0], row[1].strip("`"), *(re.findall(r"`([^`]+)`", cell) for cell in row[2:])) for row in rows]


def test_the_architecture_answers_every_question() -> None:
    assert [answer.question for answer in answers()] == [
        "Where is a deploy planned?",
        "Where is a deploy executed?",
        "How does an event change a task row?",
        "Where is a table column defined?",
        "How often is a noun swept, and why?",
        "How do polls skip Django?",
        "Where is a permission decided?",
    ]


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.search_for)
def test_an_answer_is_at_most_two_files_and_six_to_follow(answer: Answer) -> None:
    assert 1 <= len(answer.open_first) <= 2
    assert 1 <= len(set(answer.to_its_end)) == len(answer.to_its_end) <= 6
    assert not set(answer.open_first) & set(answer.to_its_end)
    for path in (*answer.open_first, *answer.to_its_end):
        assert (ROOT / path).is_file(), path


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.search_for)
def test_a_search_finds_what_to_open_first_among_few_files(answer: Answer) -> None:
    """The simulated AWS and the benches are left out: a search in the product would leave them out, too."""
    sources = (path.relative_to(ROOT) for app in PRODUCT for path in (ROOT / app).rglob("*.py"))
    wanted = re.compile(answer.search_for, re.IGNORECASE)
    own = (path for path in sources if path.parts[1] not in ("sandbox", "bench"))
    hits = {str(path) for path in own if wanted.search((ROOT / path).read_text())}
    assert set(answer.open_first) <= hits
    assert len(hits) <= 10, hits


def test_the_packages_of_the_layout_are_those_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    layout = text.partition("\n## Layout\n")[2].partition("\n## ")[0]
    packages, _, rooms = layout.partition("have the same folders")
    inside = {f"ecsdash/{path.name}" for path in (ROOT / "ecsdash").iterdir() if (path / "__init__.py").is_file()}
    assert set(first_cells(packages)) == inside | {"clusters", "services", "templates", "static", "tests"}
    own = {path.name for app in ("clusters", "services") for path in (ROOT / app).iterdir() if is_part(path)}
    assert set(first_cells(rooms)) == own - {"apps.py", "costs.py", "jobs.py", "migrations", "templatetags"}


def is_part(path: Path) -> bool:
    return (path.suffix == ".py" and path.name != "__init__.py") or (path / "__init__.py").is_file()
