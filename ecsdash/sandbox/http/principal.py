"""The principal that signed a request, and the policies of its role."""

import json
from dataclasses import dataclass, field
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from ecsdash.sandbox.http.messages import Request, scope_of

Policy = dict[str, Any]


@dataclass(frozen=True)
class Principal:
    arn: str
    id: str
    access_key: str
    account: str
    role_arn: str = ""
    """ARN of the assumed role, or empty."""
    policies: list[Policy] = field(default_factory=list)
    """Empty for a caller that is not an assumed role: it may do everything."""

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]


def principal_of(request: Request) -> Principal:
    access_key, region, _ = request.credential() or ("", "", "")
    scope = scope_of(request)
    account = scope.account
    sts = sts_backends[account][scope.partition]
    role = sts.get_assumed_role_from_access_key(access_key)
    if role:
        return Principal(
            role.arn,
            role.user_id,
            access_key,
            account,
            role.role_arn,
            policies_of(role.account_id, role.role_arn) or [],
        )
    user_id, arn, _ = sts.get_caller_identity(access_key, region)
    return Principal(arn, user_id, access_key, account)


def policies_of(account: str, role_arn: str) -> list[Policy] | None:
    """Return inline and attached policies; None if the role does not exist."""
    try:
        role = iam_backends[account][role_arn.split(":")[1]].get_role_by_arn(role_arn)
    except (NotFoundException, IndexError, KeyError):
        return None
    attached = [version for each in role.managed_policies.values() for version in each.versions if version.is_default]
    documents = [*role.policies.values(), *(version.document for version in attached)]
    return [json.loads(document) for document in documents]
