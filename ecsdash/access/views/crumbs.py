from django.urls import reverse

Crumbs = list[tuple[str, str]]


def below_settings(*pages: tuple[str, str]) -> Crumbs:
    """The way from Settings to a page; the last of `pages` (label, address) is the page itself."""
    return [("Settings", reverse("access:settings")), *pages]


def teams(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Teams", reverse("access:teams")), *pages)


def grants(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Grants", reverse("access:grants")), *pages)


def users(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Users", reverse("access:users")), *pages)
