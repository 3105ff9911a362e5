"""Names, images, variables, secrets, health checks and restarts of containers."""

import re
from collections import Counter

from ecsdash.sandbox.ecs.errors import EcsError, client_error
from ecsdash.sandbox.ecs.models import Json

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_IMAGE = re.compile(r"[A-Za-z0-9_.:/#-]{1,255}(@[A-Za-z0-9_+.-]{1,32}:[A-Fa-f0-9]{32,256})?")
_SECRET = re.compile(r"arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:.+|ssm:[a-z0-9-]+:\d{12}:parameter/.+)")
_PARAMETER = re.compile(r"[A-Za-z0-9._/-]{1,2048}")
_ENVIRONMENT_FILE = re.compile(r"arn:aws[a-z-]*:s3:::[^/]+/.+\.env")
_ENVIRONMENT_FILES = 10
_EXIT_CODES = 50
_HEALTH_CHECK = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
_ATTEMPT_SECONDS = (60, 1800)


def check_all(params: Json) -> None:
    containers = params["containerDefinitions"]
    if not containers:
        raise client_error("Container list cannot be empty.")
    _check_names(containers)
    for container in containers:
        _check_image(container)
        _check_variables(container)
        _check_secrets(params, container)
        _check_health(container)
        _check_restarts(container)


def _check_names(containers: list[Json]) -> None:
    names = [container.get("name", "") for container in containers]
    for name in names:
        if not name:
            raise client_error("Container.name should not be null or empty.")
        if not _NAME.fullmatch(name):
            raise client_error("Container.name contains invalid characters.")
    duplicates = {name for name, count in Counter(names).items() if count > 1}
    if duplicates:
        raise client_error(f"Container names must be unique within a task definition: {', '.join(sorted(duplicates))}.")
    if not any(container.get("essential", True) for container in containers):
        raise client_error("Task definition doesn't have any essential container")


def _check_image(container: Json) -> None:
    """A digest does not count towards the length of an image."""
    if not container.get("image"):
        raise client_error("Container.image should not be null or empty.")
    if not _IMAGE.fullmatch(container["image"]):
        raise client_error("Container.image contains invalid characters.")
    credentials = container.get("repositoryCredentials", {}).get("credentialsParameter", "")
    if credentials.startswith("arn:") and not _SECRET.fullmatch(credentials):
        raise client_error(f"Invalid 'credentialsParameter' setting for container '{container['name']}'.")


def _check_variables(container: Json) -> None:
    files = container.get("environmentFiles", [])
    if len(files) > _ENVIRONMENT_FILES:
        raise client_error("The maximum number of environment files was exceeded. Specify ten or less and try again.")
    for file in files:
        if not _ENVIRONMENT_FILE.fullmatch(file["value"]):
            raise client_error(
                f"The environment file {file['value']} is invalid. Specify the ARN of an Amazon S3 object with the "
                ".env file extension and try again."
            )


def _check_secrets(params: Json, container: Json) -> None:
    secrets = [*container.get("secrets", []), *container.get("logConfiguration", {}).get("secretOptions", [])]
    if secrets and not params.get("executionRoleArn"):
        raise client_error(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        )
    for secret in secrets:
        _check_place(secret)
    taken = {pair.get("name") for pair in container.get("environment", [])}
    for secret in container.get("secrets", []):
        if secret["name"] in taken:
            raise client_error(
                "The secret name must be unique and not shared with any new or existing environment variables set on "
                f"the container, such as '{secret['name']}'."
            )
        taken.add(secret["name"])


def _check_place(secret: Json) -> None:
    """A secret is an ARN of Secrets Manager or the Parameter Store, or a parameter's name."""
    pattern = _SECRET if secret["valueFrom"].startswith("arn:") else _PARAMETER
    if not pattern.fullmatch(secret["valueFrom"]):
        raise client_error(
            f"The Systems Manager parameter name specified for secret {secret['name']} is invalid. The parameter "
            "name can be up to 2048 characters and include the following letters and symbols: a to z, A to Z, "
            "0 to 9, and . - / _"
        )


def _check_health(container: Json) -> None:
    check, name = container.get("healthCheck"), container["name"]
    if check is None:
        return
    if not check["command"]:
        raise client_error(f"Health check command should not be null or empty for container '{name}'")
    for member, (least, most) in _HEALTH_CHECK.items():
        value = check.get(member, least)
        if value < least:
            raise _out_of_range(member, name, f"greater than or equal to the minimum allowed value {least}")
        if value > most:
            raise _out_of_range(member, name, f"less than or equal to the maximum allowed value {most}")


def _out_of_range(member: str, name: str, rule: str) -> EcsError:
    return client_error(f"Health check {member} must be {rule} for container '{name}'")


def _check_restarts(container: Json) -> None:
    policy, name = container.get("restartPolicy", {}), container["name"]
    least, most = _ATTEMPT_SECONDS
    if not least <= policy.get("restartAttemptPeriod", least) <= most:
        raise client_error(
            f"The 'restartAttemptPeriod' setting for container '{name}' must be between {least} and {most}."
        )
    if len(policy.get("ignoredExitCodes", [])) > _EXIT_CODES:
        raise client_error(
            f"The 'ignoredExitCodes' setting for container '{name}' can have at most {_EXIT_CODES} exit codes."
        )
