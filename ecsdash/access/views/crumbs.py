from django.urls import reverse

Crumbs = list[tuple[str, str]]


def below_settings(*pages: tuple[str, str]) -> Crumbs:
    """Return the breadcrumbs from Settings to a page: `pages` are (label, address) pairs, the page itself last."""
    return [("Settings", reverse("access:settings")), *pages]


def teams(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Teams", reverse("access:teams")), *pages)


def grants(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Grants", reverse("access:grants")), *pages)


def users(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Users", reverse("access:users")), *pages)


def rules(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("Ownership", reverse("access:rules")), *pages)
