"""The navigation on the left of every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class NavAccount(Protocol):
    alias: str


class NavScope(Protocol):
    """What the navigation needs of an account and region (ecsdash.inventory is a higher layer)."""

    account: NavAccount
    region: str


@dataclass(frozen=True)
class Section:
    label: str
    icon: str
    url: str
    key: str = ""
    active: bool = False


OPERATIONS = "/operations/"
RUNNING = "/operations/running/"
SEARCH = "/search/"
ALL = "all"  # in a URL: every account or every region
#: (label, icon, path, the key after `g`). A path without a leading slash is below the account and region.
SECTIONS = (
    ("Overview", "layout-dashboard", "/", "o"),
    ("Clusters", "stack-2", "clusters/", "c"),
    ("Services", "versions", "services/", "s"),
    ("Tasks", "box", "tasks/", "t"),
    ("Task definitions", "file-code", "task-definitions/", "d"),
    ("Deployments", "rocket", "deployments/", ""),
    ("Operations", "list-check", OPERATIONS, ""),
    ("Audit", "history", "/audit/", ""),
    ("Settings", "settings", "/settings/", ""),
)


def base(scope: NavScope) -> str:
    return f"/{scope.account.alias}/{scope.region}/"


def sections(paths: Iterable[str], scope: NavScope | None) -> list[Section]:
    """Return the sections. Active is the one of the first of `paths` that is inside a section: the page, then the pages
    above it. Without a scope, those below an account are left out."""
    below = base(scope) if scope else ""
    found = [
        (label, icon, tail if tail.startswith("/") else below + tail, key)
        for label, icon, tail, key in SECTIONS
        if tail.startswith("/") or scope
    ]
    urls = [url for _, _, url, _ in found]
    current = next(filter(None, (_section_of(path, urls) for path in paths)), "")
    return [Section(label, icon, url, key, url == current) for label, icon, url, key in found]


def _section_of(path: str, urls: list[str]) -> str:
    """Return the address of the section that contains a path, "" when none does."""
    return max((url for url in urls if (path == url if url == "/" else path.startswith(url))), key=len, default="")
