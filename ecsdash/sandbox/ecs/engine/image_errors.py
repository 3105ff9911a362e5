"""The messages of failed image pulls, on Fargate and on container instances."""

from ecsdash.sandbox.ecs.aws_services import MissingImage


def of_fargate(image: str) -> str:
    """containerd reports a missing repository like a missing image."""
    return (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
        f"{image}: {image}: not found"
    )


def of_docker(image: str, missing: MissingImage | None) -> str:
    if missing and missing.repository:
        repository = image.partition("@")[0].removesuffix(f":{image.rpartition(':')[2]}")
        cause = (
            f"repository {repository} not found: name unknown: The repository with name '{missing.repository}' does "
            f"not exist in the registry with id '{missing.registry}'"
        )
    else:
        cause = f"manifest for {image} not found: manifest unknown: Requested image not found"
    return f"CannotPullContainerError: Error response from daemon: {cause}"
