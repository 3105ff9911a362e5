"""Whether the trust policy of a role lets a caller assume it, and name a source identity."""

from collections.abc import Iterator
from typing import Any

from moto.sts.models import sts_backends

from ecsdash.sandbox.http.identities import role_named, trust_policy_of
from ecsdash.sandbox.http.policies import Context, many, matching
from ecsdash.sandbox.http.principal import Principal
from ecsdash.sandbox.scope import Scope

ASSUME, NAME = "sts:AssumeRole", "sts:SetSourceIdentity"


def refused_action(scope: Scope, params: dict[str, Any], caller: Principal, context: Context) -> str:
    """Return the action that is refused to the caller of AssumeRole; empty when it may assume the role.

    A role that does not exist is refused. A role without a trust policy, which AWS does not have, can be assumed, but
    lets no source identity be set.
    """
    arn = str(params.get("RoleArn", ""))
    place = Scope(arn.split(":")[4], scope.region) if arn.count(":") >= 5 else scope
    role = role_named(place, arn)
    if role is None:
        return ASSUME
    trust = trust_policy_of(role)
    allowed = set(_allowed(trust, caller, context)) if "Statement" in trust else {ASSUME}
    identity = str(params.get("SourceIdentity") or caller.source_identity)
    if caller.source_identity and identity != caller.source_identity:
        return NAME  # it cannot be changed by assuming another role
    return next((action for action in [ASSUME, *([NAME] if identity else [])] if action not in allowed), "")


def _allowed(trust: dict[str, Any], caller: Principal, context: Context) -> Iterator[str]:
    statements = [each for each in many(trust["Statement"]) if _names(each.get("Principal"), caller)]
    for action in (ASSUME, NAME):
        fitting = matching([{"Statement": statements}], action, "", context)
        if fitting and all(each["Effect"] == "Allow" for each in fitting):
            yield action


def _names(principals: Any, caller: Principal) -> bool:
    """Return whether the principals include the caller: `*`, its account, its ARN, or that of its role."""
    names = many(principals.get("AWS", [])) if isinstance(principals, dict) else many(principals or [])
    root = f"arn:{caller.partition}:iam::{caller.account}:root"
    return any(name in ("*", caller.account, root, caller.arn, caller.role_arn or caller.arn) for name in names)


def remember_source_identity(scope: Scope, params: dict[str, Any], access_key: str, caller: Principal) -> None:
    """Store the source identity of a new session beside it, where CloudTrail finds it."""
    account = str(params["RoleArn"]).split(":")[4]
    session = sts_backends[account][scope.partition].get_assumed_role_from_access_key(access_key)
    if session is not None:
        session.source_identity = str(params.get("SourceIdentity") or caller.source_identity)  # type: ignore[attr-defined]
