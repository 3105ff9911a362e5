"""The errors of the ECS API, by code."""


class EcsError(Exception):
    def __init__(self, code: str, message: str, http_status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.http_status = http_status


def invalid(message: str) -> EcsError:
    return EcsError("InvalidParameterException", message)


def client_error(message: str) -> EcsError:
    return EcsError("ClientException", message)


def unsupported(message: str) -> EcsError:
    return EcsError("UnsupportedFeatureException", message)


def cluster_not_found(message: str = "Cluster not found.") -> EcsError:
    return EcsError("ClusterNotFoundException", message)


def service_not_found() -> EcsError:
    return EcsError("ServiceNotFoundException", "Service not found.")


def resource_not_found(message: str) -> EcsError:
    return EcsError("ResourceNotFoundException", message)


def update_in_progress(message: str) -> EcsError:
    return EcsError("UpdateInProgressException", message)


def conflict(message: str) -> EcsError:
    return EcsError("ConflictException", message)


def unknown_operation(operation: str) -> EcsError:
    return EcsError("UnknownOperationException", f"The operation {operation} is not known to this service.")
