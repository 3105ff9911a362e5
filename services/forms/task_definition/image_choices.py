"""The images that a form offers for each container, and what is known about those that are chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.forms.images import Image
from services.models import Repository
from services.selectors.images import RepositoryImage, images_in

#: Images that are offered of one repository, repositories, and containers.
MOST_OF_REPOSITORY, MOST_REPOSITORIES, MOST_CONTAINERS = 10, 20, 10


@dataclass(frozen=True)
class ContainerChoice:
    """The images that one container may use. `repository` is that of its image; without a known one, the newest image
    of each repository is offered."""

    name: str
    place: str
    image: str
    repository: str
    images: Sequence[RepositoryImage]


def repositories(context: ActionContext) -> list[Repository]:
    """Return the repositories that the person may use."""
    return permitted(context, choices(Repository, context.user, context.scope))


def image_choices(known: Sequence[Repository], document: Mapping[str, Any]) -> list[ContainerChoice]:
    """Return what the containers of a document may use, empty without images in the inventory."""
    if not any(row.images for row in known):
        return []
    return [_choice(known, number, each) for number, each in _containers(document)]


def image_findings(known: Sequence[Repository], document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what the scans of the chosen images found."""
    by_reference = {name: image for image in images_in(known) for name in image.references()}
    for number, container in _containers(document):
        chosen = by_reference.get(str(container.get("image") or ""))
        if chosen is None or not chosen.scanned:
            continue
        level = FindingLevel.WARN if chosen.serious else FindingLevel.OK
        how = "Choose an image without them, or rebuild it." if chosen.serious else ""
        what = f"The scan of the image in ECR: {chosen.scan[:1].lower()}{chosen.scan[1:]}."
        yield Finding(f"/containerDefinitions/{number}/image", level, what, "", how)


def _choice(known: Sequence[Repository], number: int, container: Mapping[str, Any]) -> ContainerChoice:
    image = str(container.get("image") or "")
    uri = Image.of(image).repository
    own = [row for row in known if row.uri and row.uri == uri and row.images]
    offered = images_in(own)[:MOST_OF_REPOSITORY] if own else _newest_of_each(known)
    name = str(container.get("name") or f"container {number + 1}")
    return ContainerChoice(
        name, f"/containerDefinitions/{number}/image", image, own[0].name if own else "", offered
    )  # fmt: skip


def _newest_of_each(known: Sequence[Repository]) -> list[RepositoryImage]:
    newest = [image for row in known for image in images_in([row])[:1]]
    return sorted(newest, key=lambda each: str(each.pushed_at), reverse=True)[:MOST_REPOSITORIES]


def _containers(document: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    listed = document.get("containerDefinitions")
    entries = listed if isinstance(listed, list) else []
    return [(number, each) for number, each in enumerate(entries[:MOST_CONTAINERS]) if isinstance(each, Mapping)]
