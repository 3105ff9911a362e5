"""IAM's SimulatePrincipalPolicy: whether a role's policies allow some actions."""

from typing import Any
from xml.sax.saxutils import escape

from ecsdash.sandbox.http.messages import Request, Response, error_response
from ecsdash.sandbox.http.principal import Principal, principal_of_role

_DECISIONS = {
    "allowed": "allowed",
    "not allowed": "implicitDeny",
    "denied": "explicitDeny",
    "not within the boundary": "implicitDeny",
}
_XMLNS = "https://iam.amazonaws.com/doc/2010-05-08/"


def is_simulation(request: Request) -> bool:
    return request.service == "iam" and request.operation == "SimulatePrincipalPolicy"


def simulate(request: Request, caller: Principal) -> Response:
    """Return all results in one page. A caller that is not a role is allowed everything."""
    form = {name: values[0] for name, values in request.form().items()}
    source = form.get("PolicySourceArn", "")
    asked = principal_of_role(request, source)
    if asked is None and source != caller.arn:
        return error_response(request, "NoSuchEntity", f"The role with name {source} cannot be found.", 404)
    context = {entry["ContextKeyName"]: entry["ContextKeyValues.member.1"] for entry in _entries(form)}
    resources = _members(form, "ResourceArns") or ["*"]
    results = "".join(
        _result(action, resource, _DECISIONS[asked.judge(action, resource, context) if asked else "allowed"])
        for action in _members(form, "ActionNames")
        for resource in resources
    )
    body = (
        f'<SimulatePrincipalPolicyResponse xmlns="{_XMLNS}"><SimulatePrincipalPolicyResult><IsTruncated>false'
        f"</IsTruncated><EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult>"
        "</SimulatePrincipalPolicyResponse>"
    )
    return Response(200, body.encode(), {"Content-Type": "text/xml"})


def _result(action: str, resource: str, decision: str) -> str:
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(resource)}"
        f"</EvalResourceName><EvalDecision>{decision}</EvalDecision></member>"
    )


def _members(form: dict[str, Any], name: str) -> list[str]:
    prefix = f"{name}.member."
    return [value for key, value in form.items() if key.startswith(prefix)]


def _entries(form: dict[str, Any]) -> list[dict[str, str]]:
    """`ContextEntries.member.2.ContextKeyName=...` as mappings."""
    found: dict[str, dict[str, str]] = {}
    for key, value in form.items():
        if key.startswith("ContextEntries.member."):
            number, _, name = key.removeprefix("ContextEntries.member.").partition(".")
            found.setdefault(number, {})[name] = value
    return list(found.values())
