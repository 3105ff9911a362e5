"""Tags of the resources that policies may limit by tag."""

from collections.abc import Iterable
from typing import Any

from moto.ec2.models import ec2_backends
from moto.efs.models import efs_backends
from moto.logs.models import logs_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.servicediscovery.models import servicediscovery_backends

from ecsdash.sandbox.scope import Scope


def tags_of(scope: Scope, arn: str) -> dict[str, str]:
    """Return the tags of a resource; none for a resource that does not exist, and for services without such limits."""
    service, resource = arn.split(":", 5)[2::3] if arn.count(":") >= 5 else ("", "")
    name = resource.rpartition("/")[2]
    if service == "ec2":
        return dict(ec2_backends[scope.account][scope.region].tags.get(name, {}))
    if service == "elasticfilesystem":
        return _pairs(efs_backends[scope.account][scope.region].list_tags_for_resource(name))
    if service == "logs":
        return dict(logs_backends[scope.account][scope.region].list_tags_for_resource(arn))
    if service == "servicediscovery":
        return _pairs(servicediscovery_backends[scope.account][scope.region].list_tags_for_resource(arn)["Tags"])
    if service == "secretsmanager":
        return _of_secret(scope, arn)
    return {}


def _of_secret(scope: Scope, arn: str) -> dict[str, str]:
    name = arn.split(":secret:", 1)[1].removesuffix("-??????")
    store = secretsmanager_backends[scope.account][scope.region].secrets
    secret = store.get(arn) or store.get(name)
    return _pairs(secret.tags or []) if secret is not None else {}


def _pairs(tags: Iterable[dict[str, Any]]) -> dict[str, str]:
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags}
