"""Expected responses of every URL for every role. A route without an entry fails the URL matrix.

    "clusters:detail": see(INSIDE),                               a page; its keywords come from tests/access/world.py
    "actions:scale": see(DEPLOYERS, refused=INSIDE - DEPLOYERS),  who may see the place but not do this gets 403
    "services:detail": [see(INSIDE), see(WIDE, service=FOREIGN_SERVICE)],          several places for one route
    "operations:cancel": post(OPERATORS, refused=INSIDE - OPERATORS),              a route that only takes POST

Everybody else gets 404, and who is not signed in is sent to the sign-in page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ecsdash.access.permissions import Permission
from ecsdash.operations.actions import ACTIONS
from tests.users import FOREIGN_SERVICE

People = frozenset[str]

ADMINS: Final = frozenset({"admin"})
OPERATORS: Final = ADMINS | {"operator"}
DEPLOYERS: Final = OPERATORS | {"deployer"}
INSIDE: Final = DEPLOYERS | {"viewer"}  # users who can view something in the account
WIDE: Final = INSIDE - {"deployer"}  # users who can view the whole account
SIGNED_IN: Final = INSIDE | {"outsider"}
ANYONE: Final = SIGNED_IN | {"anonymous"}
NOBODY: Final[People] = frozenset()


@dataclass(frozen=True)
class The:
    """Name of a value of the test world: `pk=The("grant")`."""

    name: str


@dataclass(frozen=True)
class Expect:
    """`status`: what those who may see it can get. `public`: who is not signed in gets 404 as others do."""

    seen_by: People
    refused: People = NOBODY
    method: str = "get"
    data: Mapping[str, Any] = field(default_factory=dict)
    status: tuple[int, ...] = (200,)
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    public: bool = False


def see(who: People, *, refused: People = NOBODY, status: tuple[int, ...] = (200,), **kwargs: Any) -> Expect:
    return Expect(who, refused, status=status, kwargs=kwargs)


def post(
    who: People,
    data: Mapping[str, Any] | None = None,
    *,
    refused: People = NOBODY,
    status: tuple[int, ...] = (200, 302, 422),
    **kwargs: Any,
) -> Expect:
    return Expect(who, refused, "post", data or {}, status, kwargs)


def action(permission: Permission) -> Expect:
    """Expectation for the form of an action on a service, cluster or account that the deployer can change."""
    who = {Permission.VIEW: INSIDE, Permission.DEPLOY: DEPLOYERS, Permission.OPERATE: OPERATORS}.get(permission, ADMINS)
    return see(who, refused=INSIDE - who)


def of_a_service(**kwargs: Any) -> list[Expect]:
    """Expectations for a page of the deployer's service, and of another service in the same cluster."""
    return [see(INSIDE, **kwargs), see(WIDE, service=FOREIGN_SERVICE, **kwargs)]


REVEALED: Final = {"place": "/containerDefinitions/web/environment/STAGE"}
OVERRIDDEN: Final = {"place": "/overrides/containerOverrides/web"}
SERVICE_PAGES: Final = (
    "service", "service_events", "service_logs", "service_metrics", "service_networking", "service_configuration",
    "service_deployments", "service_scaling", "service_history", "restore_points",
)  # fmt: skip
EXPECTATIONS: dict[str, Expect | list[Expect]] = {
    # --- the frame ---------------------------------------------------------------------------------------------------
    "choose_theme": post(ANYONE, {"theme": "dark"}),
    "choose_rows": post(SIGNED_IN, {"rows": "50"}),
    "choose_columns": post(SIGNED_IN, {"table": "services"}),
    "healthz": see(ANYONE),
    "readyz": see(ANYONE, status=(200, 503)),
    "operating:self_check": see(ADMINS),
    "operating:metrics": see(ANYONE),  # from this machine; tests/operating/test_metrics.py has the others
    "operations:running": see(SIGNED_IN),
    # --- sign-in -----------------------------------------------------------------------------------------------------
    "account_login": see(ANYONE, status=(200, 302)),
    "account_logout": see(ANYONE, status=(200, 302)),
    "account_inactive": see(ANYONE),
    "account_signup": see(ANYONE, status=(200, 302)),
    "account_reauthenticate": see(SIGNED_IN, status=(200, 302)),
    "account_reauthenticate_by_provider": see(ADMINS),
    "account_change_password": see(SIGNED_IN),
    "mfa_index": see(SIGNED_IN),
    "mfa_list_webauthn": see(SIGNED_IN, status=(302,)),
    "mfa_activate_totp": see(SIGNED_IN, status=(200, 302)),
    "mfa_deactivate_totp": see(ADMINS),
    "mfa_view_recovery_codes": see(ADMINS),
    "mfa_generate_recovery_codes": see(SIGNED_IN),
    "mfa_download_recovery_codes": see(ADMINS),
    "mfa_add_webauthn": see(SIGNED_IN),
    "mfa_edit_webauthn": see(ADMINS, pk=The("passkey")),
    "mfa_remove_webauthn": see(ADMINS, pk=The("passkey")),
    "mfa_reauthenticate": see(SIGNED_IN, status=(200, 302)),
    "mfa_reauthenticate_webauthn": see(SIGNED_IN, status=(200, 302)),
    "mfa_authenticate": see(SIGNED_IN, status=(200, 302)),
    "mfa_login_webauthn": see(ANYONE, status=(302,)),
    "socialaccount_login_cancelled": see(ANYONE, status=(302,)),
    "openid_connect_login": Expect(NOBODY, kwargs={"provider_id": "sso"}, public=True),  # test_single_sign_on
    "openid_connect_callback": Expect(NOBODY, kwargs={"provider_id": "sso"}, public=True),
    "demo:sign_in_link": Expect(NOBODY, kwargs={"token": "another"}, public=True),  # a good one: test_sign_in
    # --- settings ----------------------------------------------------------------------------------------------------
    "access:settings": see(SIGNED_IN),
    "access:teams": see(ADMINS),
    "access:team": see(ADMINS, name="shop"),
    "access:delete_team": see(ADMINS, name="shop"),
    "access:add_member": post(ADMINS, {"user": The("member")}, name="shop"),
    "access:remove_member": see(ADMINS, name="shop", username="deployer"),
    "access:set_manager": post(ADMINS, {"manager": "1"}, name="shop", username="deployer"),
    "access:sign_in": see(ADMINS),
    "access:add_mapping": post(ADMINS, {"group": "ops", "team": The("team")}),
    "access:delete_mapping": see(ADMINS, pk=The("mapping")),
    "access:sessions": see(SIGNED_IN),
    "access:end_session": post(SIGNED_IN),
    "access:take_break_glass": see(ADMINS),
    "access:end_break_glass": post(ADMINS),
    "access:grants": see(ADMINS),
    "access:new_grant": see(ADMINS),
    "access:revoke_grant": see(ADMINS, pk=The("grant")),
    "access:rules": see(ADMINS),
    "access:new_rule": see(ADMINS),
    "access:import_rules": see(ADMINS),
    "access:edit_rule": see(ADMINS, pk=The("rule")),
    "access:delete_rule": see(ADMINS, pk=The("rule")),
    "access:users": see(ADMINS),
    "access:new_user": see(ADMINS),
    "access:user": see(ADMINS, pk=The("member")),
    "access:reset_password": see(ADMINS, pk=The("member")),
    "access:deactivate_user": see(ADMINS, pk=The("member")),
    "access:activate_user": post(ADMINS, pk=The("member")),
    "access:unlock_user": post(ADMINS, pk=The("member")),
    "access:end_all_sessions": post(ADMINS, pk=The("member")),
    "access:reset_second_factor": see(ADMINS, pk=The("member")),
    "access:allow_provider": see(ADMINS, pk=The("member")),
    "access:allow_break_glass": see(ADMINS, pk=The("member")),
    "audit:access_review": see(ADMINS),
    # --- audit -------------------------------------------------------------------------------------------------------
    "audit:events": see(SIGNED_IN),
    "audit:export": see(ADMINS),
    "audit:verification": see(ADMINS),
    "audit:settings": see(ADMINS),
    "audit:evidence": post(ADMINS, {"begin": "2026-01-01", "end": "2026-01-31"}),
    "audit:event": [
        see(INSIDE, seq=The("event_of_own_service")),
        see(WIDE, seq=The("event_of_foreign_service")),
        see(ADMINS, seq=The("event_of_a_grant")),
    ],
    # --- AWS accounts ------------------------------------------------------------------------------------------------
    "inventory:accounts": see(ADMINS),
    "inventory:new_account": see(ADMINS),
    "inventory:account": see(ADMINS, alias="demo"),
    "inventory:account_connection": see(ADMINS, alias="demo"),
    "inventory:test_account": post(ADMINS, alias="demo"),
    "inventory:account_policies": see(ADMINS, alias="demo"),
    "inventory:remove_account": see(ADMINS, alias="demo"),
    "inventory:event_feeds": see(ADMINS),
    "inventory:sweeps": see(ADMINS),
    "inventory:event_feed": see(ADMINS),
    # --- operations --------------------------------------------------------------------------------------------------
    "operations:list": see(SIGNED_IN),
    "operations:detail": [see(INSIDE, pk=The("operation")), see(WIDE, pk=The("foreign_operation"))],
    "operations:cancel": post(OPERATORS, refused=INSIDE - OPERATORS, pk=The("operation")),
    "operations:retry": post(OPERATORS, refused=INSIDE - OPERATORS, pk=The("operation")),
    "operations:form": see(OPERATORS, refused=INSIDE - OPERATORS, status=(302,), pk=The("operation")),
    "operations:undo": post(NOBODY, pk=The("operation")),
    "operations:draft": see(ADMINS, pk=The("draft")),
    "operations:checks": post(ADMINS, pk=The("draft")),
    "operations:confirm": post(ADMINS, pk=The("draft")),
    # --- external changes --------------------------------------------------------------------------------------------
    "external_changes:list": see(INSIDE),
    "external_changes:change": [see(INSIDE), see(WIDE, change=f"change-of-{FOREIGN_SERVICE}")],
    "external_changes:keep": [
        post(DEPLOYERS, {"reason": "agreed"}, refused=INSIDE - DEPLOYERS),
        post(OPERATORS, {"reason": "agreed"}, refused=WIDE - OPERATORS, change=f"change-of-{FOREIGN_SERVICE}"),
    ],
    # --- clusters ----------------------------------------------------------------------------------------------------
    "services:express": see(INSIDE),
    "clusters:account_settings": see(INSIDE),
    "clusters:capacity_provider": see(INSIDE),
    "clusters:list": [see(INSIDE), see(SIGNED_IN, account="all", region="all"), see(INSIDE, region="all")],
    "clusters:detail": [see(INSIDE), see(WIDE, cluster="bank")],
    "clusters:instances": see(INSIDE),
    "clusters:instance": see(INSIDE),
    "clusters:capacity": see(INSIDE),
    "clusters:configuration": see(INSIDE),
    "clusters:tags": see(INSIDE),
    # --- services ----------------------------------------------------------------------------------------------------
    "services:overview": see(SIGNED_IN),
    "services:seen": post(SIGNED_IN, {"key": "none"}),
    "services:search": see(SIGNED_IN),
    "services:services": [see(INSIDE), see(SIGNED_IN, account="all", region="all")],
    "services:service_new": see(OPERATORS, refused=INSIDE - OPERATORS, status=(200, 302)),
    "services:cluster_services": [see(INSIDE), see(WIDE, cluster="bank")],
    **{f"services:{page}": of_a_service() for page in SERVICE_PAGES},
    "services:deployment": [
        see(INSIDE),
        see(WIDE, service=FOREIGN_SERVICE, deployment=f"deployment-of-{FOREIGN_SERVICE}"),
    ],
    "services:deployments": [see(INSIDE), see(SIGNED_IN, account="all", region="all")],
    "services:task_definitions": [see(INSIDE), see(SIGNED_IN, account="all", region="all")],
    "services:task_definition_family": [see(INSIDE), see(WIDE, family=FOREIGN_SERVICE)],
    "services:task_definition": [see(INSIDE), see(WIDE, family=FOREIGN_SERVICE)],
    "services:task_definition_choose_diff": see(INSIDE, status=(200, 302)),
    "services:document_schema": see(SIGNED_IN, name="task-definition"),
    "services:task_definition_diff": [
        see(INSIDE, before=1, after=2),
        see(WIDE, family=FOREIGN_SERVICE, before=1, after=2),
    ],
    "services:task_definition_export": [see(INSIDE), see(WIDE, family=FOREIGN_SERVICE)],
    "services:service_export": of_a_service(),
    "services:compare": see(SIGNED_IN),
    "services:import": see(OPERATORS, refused=INSIDE - OPERATORS),
    "services:task_definition_reveal": [
        post(OPERATORS, REVEALED, refused=INSIDE - OPERATORS),
        post(OPERATORS, REVEALED, refused=WIDE - OPERATORS, family=FOREIGN_SERVICE),
    ],
    "services:tasks": [see(INSIDE), see(SIGNED_IN, account="all", region="all")],
    "services:task": [see(INSIDE), see(WIDE, task=f"task-of-{FOREIGN_SERVICE}")],
    "services:task_logs": [see(INSIDE), see(WIDE, task=f"task-of-{FOREIGN_SERVICE}")],
    "services:task_reveal": [
        post(OPERATORS, OVERRIDDEN, refused=INSIDE - OPERATORS),
        post(OPERATORS, OVERRIDDEN, refused=WIDE - OPERATORS, task=f"task-of-{FOREIGN_SERVICE}"),
    ],
    "services:cluster_tasks": see(INSIDE),
    "services:namespaces": see(INSIDE),
    "services:namespace": see(INSIDE),
    "services:load_balancers": see(INSIDE),
    "services:load_balancer": see(INSIDE),
    "services:ownership": see(INSIDE),
    "services:cluster_events": see(INSIDE),
    "services:cluster_metrics": see(INSIDE),
    "services:instance_metrics": see(INSIDE),
    # --- the example app ---------------------------------------------------------------------------------------------
    "example:account_settings": see(INSIDE),
    # --- actions: one line for each where the permission it declares does not say it all -----------------------------
    **{f"actions:{name}": action(each.permission) for name, each in ACTIONS.items()},
}
