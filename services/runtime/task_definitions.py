"""Look-up of registered revisions, and live check of images."""

from collections.abc import Iterator
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.operations.hooks import double_finder, live_check, lookup
from ecsdash.operations.plan import Check, Level
from ecsdash.operations.refs import STEP_TAG

#: Number of the newest revisions in which the look-up searches.
LOOKED_AT = 20


@lookup
def revision_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the newest revision with the id of the step in its tag."""
    return next(_revisions_of_step(aws, params, step_id), None)


@double_finder
def spare_revisions(aws: Aws, params: dict[str, Any], step_id: str, kept: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters that deregister the step's revisions other than the kept one."""
    arns = [found["taskDefinition"]["taskDefinitionArn"] for found in _revisions_of_step(aws, params, step_id)]
    return [{"taskDefinition": arn} for arn in arns if arn != kept["taskDefinition"]["taskDefinitionArn"]]


def _revisions_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> Iterator[dict[str, Any]]:
    newest = aws.call(
        "ecs.list_task_definitions", familyPrefix=params["family"], sort="DESC", maxResults=LOOKED_AT
    ).data["taskDefinitionArns"]
    for arn in newest:
        answer = aws.call("ecs.describe_task_definition", taskDefinition=arn, include=["TAGS"]).data
        if {"key": STEP_TAG, "value": step_id} in answer.get("tags", []):
            yield answer


@live_check
def image_exists(aws: Aws, repository: str, tag: str, registry: str) -> Check:
    """Return whether an image in ECR exists."""
    title = f"The image {repository}:{tag} exists"
    image = {"imageDigest": tag} if tag.startswith("sha256:") else {"imageTag": tag}
    try:
        aws.call("ecr.describe_images", registryId=registry, repositoryName=repository, imageIds=[image])
    except NotFound as error:
        what = "repository" if "Repository" in error.code else "image"
        return Check(
            Level.WARN,
            f"ECR has no {what} {repository if what == 'repository' else f'{repository}:{tag}'}",
            "Tasks of this revision cannot start without it.",
            "Push the image, or correct its name.",
        )
    return Check(Level.OK, title)
