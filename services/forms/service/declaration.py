"""The form of a service: its fields in order, and the presets of its buttons."""

from typing import Final

from ecsdash.web.forms.document.state import DocumentForm
from services.forms.service.deployment_fields import (
    CONTROLLER,
    DEPLOYMENTS,
    HOOK_PRESETS,
    PLACEMENT,
    VOLUMES,
)
from services.forms.service.service_fields import COMPUTE, NETWORKING, SERVICE, TAGS
from services.forms.service.text import read
from services.forms.service.traffic_fields import BALANCERS, CONNECT, DISCOVERY, GATEWAYS, LATTICE

SERVICE_FORM: Final = DocumentForm(
    (
        SERVICE, COMPUTE, NETWORKING, DEPLOYMENTS, BALANCERS, CONNECT, DISCOVERY, LATTICE, VOLUMES, PLACEMENT,
        GATEWAYS, CONTROLLER, TAGS,
    ),
    {"hooks": HOOK_PRESETS},
    read,
)  # fmt: skip
