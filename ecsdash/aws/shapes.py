"""Parameters of AWS calls by botocore's service models: their names, and the validation of values."""

from functools import lru_cache
from typing import Any

from botocore.loaders import create_loader
from botocore.model import ServiceModel, StructureShape
from botocore.validate import ParamValidator

from ecsdash.aws.names import api_operation


@lru_cache(maxsize=32)
def _shape(call: str) -> StructureShape:
    service = call.split(".")[0]
    model = ServiceModel(create_loader().load_service_model(service, "service-2"), service)
    shape = model.operation_model(api_operation(call)).input_shape
    assert isinstance(shape, StructureShape), call
    return shape


def members(call: str) -> tuple[str, ...]:
    """Return the names of the call's parameters, in the order of the API documentation."""
    return tuple(_shape(call).members)


def validation_errors(call: str, params: dict[str, Any]) -> list[str]:
    """Return the validation errors of the parameters, one line each; empty when they are valid."""
    report = ParamValidator().validate(params, _shape(call))
    return str(report.generate_report()).splitlines() if report.has_errors() else []


def enum_of(call: str, member: str) -> tuple[str, ...]:
    """Return the values that the call's parameter may have, empty when botocore lists none."""
    return tuple(getattr(_shape(call).members[member], "enum", ()))
