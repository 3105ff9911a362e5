"""Suggestions of the fields of a task definition, from the inventory: images, secrets, log groups."""

from collections.abc import Iterator, Sequence

from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.document.rendering import Offers
from services.models import LogGroup, Repository, Secret
from services.selectors import task_definitions
from services.selectors.images import images_in

#: Revisions whose images are suggested.
MOST_REVISIONS = 200
#: Images of one repository that are suggested.
MOST_OF_REPOSITORY = 5


def suggestions(context: ActionContext, repositories: Sequence[Repository]) -> Offers:
    user, scope = context.user, context.scope
    return {
        "known-images": list(_images(context, repositories)),
        "known-secrets": [(each.arn, each.name) for each in permitted(context, choices(Secret, user, scope))],
        "known-log-groups": [(each.name, "") for each in permitted(context, choices(LogGroup, user, scope))],
    }


def _images(context: ActionContext, known: Sequence[Repository]) -> Iterator[tuple[str, str]]:
    """Yield the repositories of the registry with their newest tags, and the images that the latest revisions use."""
    for repository in known:
        yield f"{repository.uri}:", f"Repository {repository.name}"
        for newest in images_in([repository])[:MOST_OF_REPOSITORY]:
            yield newest.by_tag, newest.scan
    for image in task_definitions.used_images(context.user, context.scope, MOST_REVISIONS):
        yield image, ""
