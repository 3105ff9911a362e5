"""The addresses of all pages, made from the URLconf, for a world that has what the small estate has."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse

from tests.access.expectations import EXPECTATIONS, Expect
from tests.access.test_url_matrix import ROUTES
from tests.processes import REGION

#: Answers that are no pages, and pages that lead away whoever is signed in.
NO_PAGES = {
    "healthz", "readyz", "operations:running", "audit:export", "account_login", "account_signup",
    "account_reauthenticate", "demo:sign_in_link",
}  # fmt: skip
#: Where several routes have a keyword of the same name for different things.
OWN_VALUES: dict[str, dict[str, Any]] = {
    "operations:detail": {"pk": "operation"},
    "operations:draft": {"pk": "draft"},
    "access:revoke_grant": {"pk": "grant"},
}
IN_EVERY_ESTATE = {
    "account": "demo", "region": REGION, "cluster": "shop", "service": "web", "family": "checkout", "revision": 1,
    "before": 1, "after": 2, "alias": "demo",
}  # fmt: skip


def paths(world: Mapping[str, Any], *namespaces: str) -> Iterator[str]:
    """The address of every route that is a page, or of those in some namespaces."""
    for name, keywords in ROUTES.items():
        if namespaces and name.partition(":")[0] not in namespaces:
            continue
        expected = EXPECTATIONS[name]
        first = expected if isinstance(expected, Expect) else expected[0]
        if first.method != "get" or name in NO_PAGES:
            continue
        own = {"cluster": "batch"} if "instance" in keywords or "instances" in name else {}
        own |= {key: world[value] for key, value in OWN_VALUES.get(name, {}).items()}
        yield reverse(name, kwargs={key: {**world, **own}[key] for key in keywords})
