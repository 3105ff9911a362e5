"""The left side of the frame."""

from dataclasses import dataclass
from typing import Protocol


class AccountLike(Protocol):
    alias: str


class Scope(Protocol):
    account: AccountLike
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
ALL = "all"  # in an address: any account, or any region
# label, icon, path (below the scope when it has no slash before it), the letter after `g`
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


def base(scope: Scope) -> str:
    return f"/{scope.account.alias}/{scope.region}/"


def sections(path: str, scope: Scope | None) -> list[Section]:
    """Without a scope there is nothing to show below an account, so these are left out."""
    below = base(scope) if scope else ""
    found = [
        (label, icon, tail if tail.startswith("/") else below + tail, key)
        for label, icon, tail, key in SECTIONS
        if tail.startswith("/") or scope
    ]
    here = max((url for _, _, url, _ in found if _within(path, url)), key=len, default="")
    return [Section(label, icon, url, key, url == here) for label, icon, url, key in found]


def _within(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
