"""Words and names that must not come back in texts and code. Each entry says what to write instead."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
SEARCHED: Final = ("templates/**", "docs/**/*.md", "README.md", "ecsdash/**/*.py", "clusters/**/*.py",
                   "services/**/*.py", "tests/**/*.py")  # fmt: skip

#: Phrase (a regular expression, matched at word boundaries and in any case) -> better words.
PHRASES: Final = {
    "whoever": "the user who / the process that",
    "anew": "again",
    "for ever": "ECS keeps retrying / permanently",
    "as it should be": "All services are steady",
    "stopped lately": "Recently stopped tasks",
    "begun [^<>]{0,60}ago": "Started 4 min ago",
    "let(s|ting)? go": "release",
    "look(s|ed|ing)? after": "managed, or name the inventory",
    "signs? of life": "heartbeat",
    "sees fit": "name the rule",
    "give the service": "Update the service to checkout:3",
    "changed from here": "No operations yet.",
    "lines are being fetched": "Loading log ...",
    "asking cloudwatch": "Loading metrics ...",
    "mend what it names": "Fix the problem and submit the change again",
    "nothing has moved": "nothing changed since the review",
    "choices seen": "Options refreshed 3 s ago",
    "how (old|fresh) what is known": "how current the inventory is",
    "what aws tells": "Changes pushed by AWS through EventBridge",
    "as aws has it": "as stored in AWS",
    "there is to be seen": "say what the page shows",
    "way[ _]out": "name the button or link",
}  # fmt: skip
#: Name of a class -> better name.
CLASSES: Final = {
    "Lane": "name the group",
    "Lanes": "name the group",
    "Need": "FeaturePermissions",
    "News": "Update",
    "Nursery": "ForkedProcesses",
    "ClusterSweep": "SweepByCluster",
    "Pass": "SweepRun",
    "Place": "ScopeCondition or AccessTarget",
    "Reach": "ScopeSelection",
    "Shelf": "name the cache",
    "Standing": "FeedStatus",
    "Weigher": "name the measured value",
    "Where": "AccessTarget",
    "Witness": "name the check",
}
PATTERNS: Final = {
    **{phrase: re.compile(rf"\b{phrase}\b".replace(" ", r"\s+"), re.IGNORECASE) for phrase in PHRASES},
    **{f"class {name}": re.compile(rf"^\s*class {name}\b", re.MULTILINE) for name in CLASSES},
}
BETTER: Final = {**PHRASES, **{f"class {name}": better for name, better in CLASSES.items()}}


def searched_files() -> list[str]:
    command = [
        "git",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        *(f":(glob){glob}" for glob in SEARCHED),
    ]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return sorted({name for name in names if (ROOT / name).exists()} - {"tests/test_words.py"})


def offences(name: str, text: str) -> Iterator[str]:
    for phrase, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{name}:{line}: {' '.join(match.group().split())!r}; write instead: {BETTER[phrase]}"


def test_no_text_and_no_class_uses_a_retired_word() -> None:
    files = searched_files()
    found = [each for name in files for each in offences(name, (ROOT / name).read_text())]
    assert len(files) > 500
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Whoever opens\nit", 1),
        ("kept for\n    ever", 1),
        ("class Standing:\n", 1),
        ("class StandingOrder:\n", 0),
        ("renewed", 0),
        ("class Passed(Pass):\n", 0),
    ],
)
def test_the_search_finds_whole_words_across_lines(text: str, count: int) -> None:
    assert len(list(offences("example.py", text))) == count
