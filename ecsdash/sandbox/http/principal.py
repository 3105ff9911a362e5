"""The principal that signed a request, and the policies of its role."""

from dataclasses import dataclass, field

from moto.sts.models import sts_backends

from ecsdash.sandbox.http.identities import Policy, assumed_by_service, boundary_of, policies_of, role_named
from ecsdash.sandbox.http.messages import Request, scope_of
from ecsdash.sandbox.http.policies import Context, Verdict, judge
from ecsdash.sandbox.scope import Scope


@dataclass(frozen=True)
class Principal:
    arn: str
    id: str
    access_key: str
    account: str
    partition: str
    role_arn: str = ""
    """ARN of the assumed role, or empty."""
    source_identity: str = ""
    policies: list[Policy] = field(default_factory=list)
    """Empty for a caller that is not an assumed role: it may do everything, unless it is `strict`."""
    boundary: list[Policy] | None = None
    strict: bool = False
    """Whether an AWS service assumes the role: without policies it may do nothing."""

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]

    def judge(self, action: str, resource: str, context: Context) -> Verdict:
        """Return what its policies say; a permissions boundary must allow the action too."""
        verdict = judge(self.policies, action, resource, context) if self.policies or self.strict else "allowed"
        if verdict != "allowed" or self.boundary is None:
            return verdict
        within = judge(self.boundary, action, resource, context)
        return "not within the boundary" if within == "not allowed" else within


def principal_of(request: Request) -> Principal:
    access_key, region, _ = request.credential() or ("", "", "")
    scope = scope_of(request)
    sts = sts_backends[scope.account][scope.partition]
    session = sts.get_assumed_role_from_access_key(access_key)
    if session is None:
        user_id, arn, _ = sts.get_caller_identity(access_key, region)
        return Principal(arn, user_id, access_key, scope.account, scope.partition)
    role = role_named(scope, session.role_arn)
    return Principal(
        session.arn,
        session.user_id,
        access_key,
        scope.account,
        scope.partition,
        session.role_arn,
        getattr(session, "source_identity", ""),
        policies_of(role) if role is not None else [],
        boundary_of(role) if role is not None else None,
    )


def principal_of_role(request: Request, role_arn: str) -> Principal | None:
    """Return the principal that a session of this role would be, None if the role does not exist."""
    return principal_of_named_role(scope_of(request), role_arn)


def principal_of_named_role(scope: Scope, role_arn: str) -> Principal | None:
    """Return the principal of the role in this account, None if it does not exist."""
    role = role_named(scope, role_arn)
    if role is None:
        return None
    return Principal(
        role_arn,
        role.id,
        "",
        scope.account,
        scope.partition,
        role_arn,
        policies=policies_of(role),
        strict=assumed_by_service(role),
        boundary=boundary_of(role),
    )
