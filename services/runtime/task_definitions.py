"""Look-up of registered revisions, and live check of images."""

import json
from collections.abc import Iterator
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.operations.hooks import double_finder, live_check, lookup
from ecsdash.operations.plan import Check, Level
from ecsdash.operations.refs import STEP_TAG

#: Number of the newest revisions in which the look-up searches.
LOOKED_AT = 20
#: Media types of manifests that list images for several platforms.
INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")


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
def image_exists(aws: Aws, repository: str, tag: str, registry: str, platform: str = "") -> Check:
    """Return whether an image in ECR exists and, if it is an index of images, whether one is for the platform."""
    title = f"The image {repository}:{tag} exists"
    image = {"imageDigest": tag} if tag.startswith("sha256:") else {"imageTag": tag}
    try:
        named = {"registryId": registry, "repositoryName": repository, "imageIds": [image]}
        (found,) = aws.call("ecr.describe_images", **named).data["imageDetails"]
        offered = _platforms(aws, named) if platform and _is_index(found) else []
    except NotFound as error:
        what = "repository" if "Repository" in error.code else "image"
        return Check(
            Level.WARN,
            f"ECR has no {what} {repository if what == 'repository' else f'{repository}:{tag}'}",
            "Tasks of this revision cannot start without it.",
            "Push the image, or correct its name.",
        )
    if offered and platform not in offered:
        return Check(
            Level.WARN,
            f"The image {repository}:{tag} is not built for {platform}",
            f"It is built for {', '.join(offered)}: its containers exit at once with an exec format error.",
            "Push an image for this platform, or change the CPU architecture of the task definition.",
        )
    return Check(Level.OK, title, f"Built for {', '.join(offered)}." if offered else "")


def _is_index(image: dict[str, Any]) -> bool:
    """Return whether the manifest lists images for several platforms. Others do not tell theirs."""
    return str(image.get("imageManifestMediaType", "")).endswith(("image.index.v1+json", "manifest.list.v2+json"))


def _platforms(aws: Aws, named: dict[str, Any]) -> list[str]:
    """Return the platforms of an index of images, as "linux/amd64"."""
    images = aws.call("ecr.batch_get_image", **named, acceptedMediaTypes=list(INDEXES)).data["images"]
    entries = json.loads(images[0]["imageManifest"]).get("manifests", []) if images else []
    platforms = [each.get("platform") or {} for each in entries]
    found = {f"{each.get('os')}/{each.get('architecture')}" for each in platforms if each.get("os") != "unknown"}
    return sorted(found)
