from tests.services.conftest import empty_service_stage, service_stage

__all__ = ["empty_service_stage", "service_stage"]
