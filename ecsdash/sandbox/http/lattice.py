"""ListTargets of VPC Lattice."""

import re

from moto.vpclattice.models import vpclattice_backends

from ecsdash.sandbox.http.messages import Request, Response, error_response, json_response, scope_of
from ecsdash.sandbox.moto.adapters.lattice import targets_of

_PATH = re.compile(r"/targetgroups/([^/]{1,300})/listtargets")


def is_targets(request: Request) -> bool:
    return request.service == "vpc-lattice" and _PATH.fullmatch(request.path) is not None


def targets(request: Request) -> Response:
    match, scope = _PATH.fullmatch(request.path), scope_of(request)
    groups = vpclattice_backends[scope.account][scope.region].target_groups
    group = groups.get(match[1].rpartition("/")[2]) if match else None
    if group is None:
        return error_response(request, "ResourceNotFoundException", "The target group does not exist.", 404)
    return json_response({"items": list(targets_of(group).values())})
