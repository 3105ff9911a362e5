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


def unreachable(region: str, image: str) -> str:
    """Without a route, Fargate cannot ask ECR for its token; of other registries it cannot read the manifest."""
    if ".dkr.ecr." in image:
        return (
            "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth "
            "from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network "
            "configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, "
            f'request send failed, Post "https://api.ecr.{region}.amazonaws.com/": dial tcp: i/o timeout'
        )
    return (
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
        f"{image}: failed to do request: dial tcp: i/o timeout"
    )
