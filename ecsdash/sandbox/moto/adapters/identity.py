from moto.iam.models import iam_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from ecsdash.sandbox.scope import Scope

_SECRET_ARN_FIELDS = 7


class IdentityAdapter:
    def role_exists(self, scope: Scope, role_arn: str) -> bool:
        return any(role.arn == role_arn for role in iam_backends[scope.account][scope.partition].get_roles())

    def secret_exists(self, scope: Scope, arn: str) -> bool:
        """The ARN of a secret may end with `:json-key:stage:version`."""
        if ":secretsmanager:" in arn:
            fields = arn.split(":")
            secret = ":".join(fields[:_SECRET_ARN_FIELDS])
            return secret in secretsmanager_backends[scope.account][fields[3]].secrets
        name = arn.partition(":parameter")[2] if arn.startswith("arn:") else arn
        parameters = ssm_backends[scope.account][scope.region]
        return any(parameters.get_parameter(spelling) for spelling in (name, name.removeprefix("/")))
