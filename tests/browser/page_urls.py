"""The URLs of all pages, from the URLconf, with the resources of the scenario `small`."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse

from tests.access.expectations import EXPECTATIONS, Expect
from tests.access.test_url_matrix import ROUTES
from tests.processes import REGION

#: Routes that are not pages of the server under test, and pages that redirect signed-in users.
NOT_PAGES = {
    "healthz", "readyz", "operating:metrics", "operations:running", "audit:export", "account_login", "account_signup",
    "account_reauthenticate", "account_reauthenticate_by_provider", "demo:sign_in_link", "mfa_authenticate",
    "mfa_deactivate_totp", "mfa_download_recovery_codes", "mfa_edit_webauthn", "mfa_list_webauthn",
    "mfa_login_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
    "mfa_view_recovery_codes", "openid_connect_callback", "openid_connect_login", "socialaccount_login_cancelled",
    "operations:form", "services:document_schema",
    "example:account_settings", "actions:change_account_setting",  # installed in the test process only
}  # fmt: skip
#: Keywords with a different meaning in some routes: route -> keyword -> key of `values`.
OTHER_KEYS: dict[str, dict[str, Any]] = {
    "operations:detail": {"pk": "operation"},
    "operations:draft": {"pk": "draft"},
    "access:delete_mapping": {"pk": "mapping"},
    "access:revoke_grant": {"pk": "grant"},
    "access:edit_rule": {"pk": "rule"},
    "access:delete_rule": {"pk": "rule"},
}
IN_EVERY_SCENARIO = {
    "account": "demo", "region": REGION, "cluster": "shop", "service": "web", "family": "checkout", "revision": 1,
    "setting": "containerInsights", "before": 1, "after": 2, "alias": "demo",
}  # fmt: skip


def paths(values: Mapping[str, Any], *namespaces: str) -> Iterator[str]:
    """Yield the path of every route that is a page, or of those in some namespaces. `values`: route keywords."""
    for name, keywords in ROUTES.items():
        if namespaces and name.partition(":")[0] not in namespaces:
            continue
        expected = EXPECTATIONS[name]
        first = expected if isinstance(expected, Expect) else expected[0]
        if first.method != "get" or name in NOT_PAGES:
            continue
        own = {"cluster": "batch"} if "instance" in keywords or "instances" in name else {}
        own |= {key: values[value] for key, value in OTHER_KEYS.get(name, {}).items()}
        yield reverse(name, kwargs={key: {**values, **own}[key] for key in keywords})
