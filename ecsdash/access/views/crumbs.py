from django.urls import reverse

from ecsdash.access.delegation import is_administrator
from ecsdash.access.models import User

Crumbs = list[tuple[str, str]]


def below_settings(*pages: tuple[str, str]) -> Crumbs:
    """Return the breadcrumbs from Settings to a page: `pages` are (label, address) pairs, the page itself last."""
    return [("Settings", reverse("access:settings")), *pages]


def teams(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Teams", reverse("access:teams")), *pages)


def team(user: User, *pages: tuple[str, str]) -> Crumbs:
    """Return the breadcrumbs of a page of one team; its managers have no list of teams above it."""
    return teams(*pages) if is_administrator(user) else below_settings(*pages)


def grants(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Grants", reverse("access:grants")), *pages)


def users(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Users", reverse("access:users")), *pages)


def rules(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Ownership", reverse("access:rules")), *pages)
