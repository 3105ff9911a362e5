"""Roles and instance profiles of the simulated IAM: their ARNs with paths, policies, boundaries and trust policies."""

import json
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends

from ecsdash.sandbox.scope import Scope

Policy = dict[str, Any]


def role_named(scope: Scope, name: str) -> Any:
    """Return moto's role of this name or ARN, None if it does not exist."""
    backend = iam_backends[scope.account][scope.partition]
    try:
        return backend.get_role_by_arn(name) if name.startswith("arn:") else backend.get_role(name)
    except (NotFoundException, IndexError, KeyError):
        return None


def role_arn(scope: Scope, name: str, path: str = "/") -> str:
    """Return the ARN of a role by name or ARN. `path` is that of a role which does not exist yet."""
    role = role_named(scope, name)
    if role is not None:
        return str(role.arn)
    return name if name.startswith("arn:") else scope.iam_arn(f"role{path}{name}")


def profile_arn(scope: Scope, name: str, path: str = "/") -> str:
    try:
        return str(iam_backends[scope.account][scope.partition].get_instance_profile(name).arn)
    except NotFoundException:
        return scope.iam_arn(f"instance-profile{path}{name}")


def profile_roles(scope: Scope, name: str) -> list[str]:
    """Return the ARNs of the roles of an instance profile, by its name or ARN."""
    try:
        profile = iam_backends[scope.account][scope.partition].get_instance_profile(name.rpartition("/")[2])
    except NotFoundException:
        return []
    return [str(role.arn) for role in profile.roles]


def policies_of(role: Any) -> list[Policy]:
    """Return the inline and attached policies of a role."""
    attached = [version for each in role.managed_policies.values() for version in each.versions if version.is_default]
    documents = [*role.policies.values(), *(version.document for version in attached)]
    return [json.loads(document) for document in documents]


def boundary_of(role: Any) -> list[Policy] | None:
    """Return the policy that is the permissions boundary of a role, None if it has none."""
    if not role.permissions_boundary_arn:
        return None
    policies = iam_backends[role.account_id][role.partition].managed_policies
    policy = policies.get(role.permissions_boundary_arn)
    if policy is None:
        return []
    return [json.loads(version.document) for version in policy.versions if version.is_default]


def assumed_by_service(role: Any) -> bool:
    """Return whether a statement of the trust policy names an AWS service."""
    statements = trust_policy_of(role).get("Statement", [])
    principals = [each.get("Principal") for each in (statements if isinstance(statements, list) else [statements])]
    return any(isinstance(each, dict) and "Service" in each for each in principals)


def trust_policy_of(role: Any) -> Policy:
    document: Policy = json.loads(role.assume_role_policy_document or "{}")
    return document
