"""Images of ECR repositories: the newest ones of each, with their scan findings."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AccessDenied, NotFound
from ecsdash.inventory.scope import Scope
from services.models import TaskDefinition

#: Repositories whose images are read, pages that are read of one, and images that are kept of one.
MOST_REPOSITORIES, MOST_PAGES, MOST_IMAGES = 50, 3, 20
MOST_TAGS: Final = 10
#: Revisions whose images say which repositories are in use.
MOST_REVISIONS: Final = 200


def images_of(scope: Scope, repositories: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the newest tagged images by the names of their repositories; those that are in use come first.

    Without the permission there are no images, and the repositories are stored all the same.
    """
    aws, used = scope.connection(), _used(scope)
    ordered = sorted(repositories, key=lambda each: (each["repositoryUri"] in used, str(each.get("createdAt", ""))))
    found = {}
    for repository in ordered[-MOST_REPOSITORIES:][::-1]:
        name = repository["repositoryName"]
        try:
            found[name] = _newest(aws, name)
        except NotFound:
            continue
        except AccessDenied:
            break
    return found


def _newest(aws: Aws, name: str) -> list[dict[str, Any]]:
    """Return the newest images, the newest first. ECR lists them in no order, so the limit of pages may miss some."""
    images: list[dict[str, Any]] = []
    page: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        only = {"tagStatus": "TAGGED"}
        answer = aws.call("ecr.describe_images", repositoryName=name, filter=only, maxResults=1000, **page).data
        images += answer.get("imageDetails", [])
        if not answer.get("nextToken"):
            break
        page = {"nextToken": answer["nextToken"]}
    newest = sorted(images, key=lambda each: str(each.get("imagePushedAt", "")), reverse=True)
    return [_image(each) for each in newest[:MOST_IMAGES]]


def _image(described: Mapping[str, Any]) -> dict[str, Any]:
    pushed = described.get("imagePushedAt")
    summary = described.get("imageScanFindingsSummary") or {}
    return {
        "digest": described["imageDigest"],
        "tags": list(described.get("imageTags", ()))[:MOST_TAGS],
        "pushed_at": pushed.isoformat() if pushed else "",
        "size": described.get("imageSizeInBytes", 0),
        "scanned": (described.get("imageScanStatus") or {}).get("status", ""),
        "findings": dict(summary.get("findingSeverityCounts") or {}),
    }


def _used(scope: Scope) -> set[str]:
    """Return the addresses of the repositories whose images the newest revisions use."""
    rows = TaskDefinition.objects.in_scope(scope.account, scope.region).present().order_by("-registered_at")
    images = rows.values_list("images", flat=True)[:MOST_REVISIONS]
    return {image.partition("@")[0].rpartition(":")[0] or image for listed in images for image in listed}
