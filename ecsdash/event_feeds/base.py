"""Base class of the actions on event feeds."""

from django.urls import reverse

from ecsdash.access.permissions import Permission
from ecsdash.access.views.crumbs import below_settings
from ecsdash.operations.actions import Action, ActionContext


class EventFeedAction(Action):
    permission = Permission.ADMIN
    watches = ("event_feeds",)

    def back(self, context: ActionContext) -> str:
        return reverse("inventory:event_feed", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        feeds = ("Event feeds", reverse("inventory:event_feeds"))
        return below_settings(feeds, (f"Event feed of {context.scope}", self.back(context)))
