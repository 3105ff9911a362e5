"""The lists of the README's "How to add" name every file of the example app, and no other; its own tests show that it
works: tests/example/test_*.py."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.core.management import call_command
from support import product

ROOT = product.ROOT
EXAMPLE = ROOT / "tests" / "example"
NAMES = {"<noun>": "account_setting", "<verb>": "change", "<migration>": "0001_initial"}
#: The folders of an app -> those of the example. The first that fits counts.
FOLDERS = {
    "templates/<app>": "tests/example/templates/example",
    "tests/<app>": "tests/example",
    "<app>": "tests/example",
}
#: Files that every app has in common -> the file that has the example's line, and the line.
LINES = {
    "ecsdash/settings.py": ("tests/settings.py", '"tests.example"'),
    "ecsdash/urls.py": ("tests/urls.py", 'include("tests.example.urls")'),
    "tests/access/expectations.py": ("tests/access/expectations.py", '"example:account_settings"'),
    "tests/access/world.py": ("tests/access/world.py", "AccountSetting"),
    "tests/trust/test_only_ecs.py": ("tests/trust/test_only_ecs.py", '"account_settings"'),
}


def lists() -> dict[str, list[str]]:
    """Return the paths of each list, by its heading."""
    readme = (ROOT / "README.md").read_text()
    part = readme.partition("\n## How to add\n")[2].partition("\n## ")[0]
    sections = re.split(r"^### ", part, flags=re.MULTILINE)[1:]
    return {text.splitlines()[0]: re.findall(r"^\| `([^`]+)`", text, re.MULTILINE) for text in sections}


LISTS = lists()
NAMED = sorted({path for paths in LISTS.values() for path in paths})


def in_the_example(path: str) -> str:
    folder = next(each for each in FOLDERS if path.startswith(each))
    for placeholder, name in NAMES.items():
        path = path.replace(placeholder, name)
    return path.replace(folder, FOLDERS[folder], 1)


def files_of_the_example() -> set[str]:
    """Return every file but the empty ones that make a folder a package."""
    found = (path for path in EXAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    kept = (path for path in found if path.name != "__init__.py" or path.parent.name == "models")
    return {str(path.relative_to(ROOT)) for path in kept}


def test_there_is_a_list_for_each_of_the_four() -> None:
    assert list(LISTS) == ["A noun", "A page", "A column", "An action"]


def test_the_lists_name_every_file_of_the_example_and_no_other() -> None:
    named = {in_the_example(path) for path in NAMED if path not in LINES}
    assert named == files_of_the_example()


def test_every_other_file_that_they_name_has_the_line_of_the_example() -> None:
    assert {path for path in NAMED if "<" not in path} == set(LINES)
    for file, line in LINES.values():
        assert line in (ROOT / file).read_text(), file


def test_an_action_is_one_module_its_test_and_its_button() -> None:
    own = [path for path in LISTS["An action"] if "<verb>" in path]
    assert own == ["<app>/actions/<verb>_<noun>.py", "tests/<app>/test_<verb>_<noun>.py"]
    (button,) = set(LISTS["An action"]) - set(own)
    assert '{% action_button "change_account_setting" row' in (ROOT / in_the_example(button)).read_text()


def test_a_column_is_one_line_when_the_inventory_has_its_value() -> None:
    assert LISTS["A column"][:2] == ["<app>/tables/<noun>s.py", "tests/<app>/test_<noun>_pages.py"]


@pytest.mark.django_db
def test_the_migrations_of_the_example_are_complete() -> None:
    call_command("makemigrations", "example", "--check", "--dry-run", "--verbosity", "0")


@pytest.mark.parametrize("path", [path for path in NAMED if path not in LINES and not path.startswith("tests/")])
def test_the_product_has_the_same_files(path: str) -> None:
    """What the lists name is how the product itself is laid out: at least one of its files has such a name."""
    pattern = re.sub(r"<app>/<noun>s/", "<app>/*/", path)
    pattern = re.sub(r"^<app>|(?<=templates/)<app>", "@", re.sub(r"<(?:noun|verb|migration)>", "*", pattern))
    files = [str(file.relative_to(ROOT)) for app in ("clusters", "services") for file in _files_of(app)]
    wanted = [pattern.replace("@", app) for app in ("clusters", "services")]
    assert any(fnmatch(file, each) for file in files for each in wanted), path


def _files_of(app: str) -> list[Path]:
    return [path for folder in (ROOT / app, ROOT / "templates" / app) for path in folder.rglob("*")]
