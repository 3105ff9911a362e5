"""Suggestions of the fields of a task definition, from the inventory: images, secrets, log groups."""

from collections.abc import Iterator

from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.document.rendering import Offers
from services.models import LogGroup, Repository, Secret
from services.selectors import task_definitions

#: Revisions whose images are suggested.
MOST_REVISIONS = 200


def suggestions(context: ActionContext) -> Offers:
    user, scope = context.user, context.scope
    return {
        "known-images": list(_images(context)),
        "known-secrets": [(each.arn, each.name) for each in permitted(context, choices(Secret, user, scope))],
        "known-log-groups": [(each.name, "") for each in permitted(context, choices(LogGroup, user, scope))],
    }


def _images(context: ActionContext) -> Iterator[tuple[str, str]]:
    """Yield the repositories of the registry, and the images that the latest revisions use."""
    for repository in permitted(context, choices(Repository, context.user, context.scope)):
        yield f"{repository.uri}:", f"Repository {repository.name}"
    for image in task_definitions.used_images(context.user, context.scope, MOST_REVISIONS):
        yield image, ""
