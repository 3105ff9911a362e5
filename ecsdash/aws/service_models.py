"""botocore's models of the AWS services. They are large: one loader reads each of them once in a process."""

from typing import Any, Final

from botocore.loaders import create_loader
from botocore.model import ServiceModel

LOADER: Final = create_loader()


def model_data(service: str) -> dict[str, Any]:
    """Return the model of a service as botocore's file has it. It is shared: do not change it."""
    data: dict[str, Any] = LOADER.load_service_model(service, "service-2")
    return data


def service_model(service: str) -> ServiceModel:
    return ServiceModel(model_data(service), service)
