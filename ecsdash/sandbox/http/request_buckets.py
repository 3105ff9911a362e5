"""The request buckets of EC2, Elastic Load Balancing and EC2 Auto Scaling, per account and region.

EC2 has one for each of its actions, and another for the instances that RunInstances starts; the others share theirs.
EC2 Auto Scaling publishes no size: the one here is of the order of its neighbours'.
"""

from ecsdash.sandbox.ecs.throttle import Size, Throttle
from ecsdash.sandbox.http.messages import Request, Response, error_response, scope_of

_FILTERED, _UNFILTERED = Size(100, 20), Size(50, 10)
_MUTATING = Size(50, 5)
_INSTANCES = Size(1000, 2)
_SHARED = {
    "elasticloadbalancing": (Size(40, 10), Size(20, 3)),
    "autoscaling": (Size(40, 10), Size(20, 3)),
}
"""(reads, changes)"""


def refusal(throttle: Throttle, request: Request) -> Response | None:
    """Return the throttling error of the service, or None if the call is admitted."""
    if request.service == "ec2" and not _ec2_admits(throttle, request):
        return error_response(request, "RequestLimitExceeded", "Request limit exceeded.", 503)
    if request.service in _SHARED and not _shared_admits(throttle, request):
        code = "Throttling" if request.service == "autoscaling" else "ThrottlingException"
        return error_response(request, code, "Rate exceeded")
    return None


def _ec2_admits(throttle: Throttle, request: Request) -> bool:
    scope, form = scope_of(request), request.form()
    size = _MUTATING
    if _reads(request):
        narrowed = any(name.startswith("Filter.") or name in ("MaxResults", "NextToken") for name in form)
        size = _FILTERED if narrowed else _UNFILTERED
    if not throttle.take(scope, f"ec2 {request.operation}", size):
        return False
    count = form.get("MaxCount", ["1"])[0]
    if request.operation != "RunInstances" or not count.isdigit():
        return True
    return throttle.take(scope, "ec2 instances", _INSTANCES, tokens=int(count))


def _shared_admits(throttle: Throttle, request: Request) -> bool:
    reads, changes = _SHARED[request.service]
    kind, size = ("reads", reads) if _reads(request) else ("changes", changes)
    return throttle.take(scope_of(request), f"{request.service} {kind}", size)


def _reads(request: Request) -> bool:
    return request.operation.startswith(("Describe", "Get"))
