"""Lambda functions, as far as lifecycle hooks need them: whether they exist."""

from ecsdash.sandbox.scope import Scope


class FunctionAdapter:
    def function_exists(self, scope: Scope, name: str) -> bool:
        from moto.awslambda.models import lambda_backends  # imports much, and few deployments have hooks

        found = lambda_backends[scope.account][scope.region].list_functions()
        return any(each.function_name == name for each in found)
