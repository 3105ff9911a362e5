from tests.services.conftest import service_stage

__all__ = ["service_stage"]
