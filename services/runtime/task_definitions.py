"""Look-up of a registered revision, and live check of images."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.operations.hooks import live_check, lookup
from ecsdash.operations.plan import Check, Level
from ecsdash.operations.refs import STEP_TAG

#: Number of the newest revisions in which the look-up searches.
LOOKED_AT = 20


@lookup
def revision_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the revision with the id of the step in its tag."""
    newest = aws.call(
        "ecs.list_task_definitions", familyPrefix=params["family"], sort="DESC", maxResults=LOOKED_AT
    ).data["taskDefinitionArns"]
    for arn in newest:
        answer = aws.call("ecs.describe_task_definition", taskDefinition=arn, include=["TAGS"]).data
        if {"key": STEP_TAG, "value": step_id} in answer.get("tags", []):
            return answer
    return None


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
