"""Posted forms of listener rules."""

from typing import Any


def rule_form(path: str, *targets: tuple[str, int], **more: Any) -> dict[str, Any]:
    """The posted form of a rule for one path, which forwards to these target groups by weight."""
    fields = {"kind": "forward", "priority": "", "conditions-0-field": "path-pattern", "conditions-0-values": path}
    sizes = {"conditions-TOTAL_FORMS": 1, "conditions-INITIAL_FORMS": 0}
    chosen: dict[str, Any] = {"targets-TOTAL_FORMS": len(targets), "targets-INITIAL_FORMS": 0}
    for number, (arn, weight) in enumerate(targets):
        chosen |= {f"targets-{number}-target_group": arn, f"targets-{number}-weight": weight}
    return {**fields, **sizes, **chosen, **more}
