from django.db import models

from ecsdash.inventory.models import Crumbs, Resource
from ecsdash.web.cached_reverse import address
from ecsdash.web.tone import Tone


class TaskDefinition(Resource):
    """One revision; `name` is `family:revision`. CPU in units and memory in MiB, 0 if set per container only."""

    NOUN = "task_definition"
    SETTINGS = ("tags",)
    PAGE = "services:task_definition"
    URL = {"family": "family", "revision": "revision"}
    ACCESS_LOOKUPS = {"account": "account__alias", "region": "region", "service": "family"}

    family = models.CharField(max_length=255)
    revision = models.PositiveIntegerField()
    status = models.CharField(max_length=20)
    network_mode = models.CharField(max_length=20, blank=True)
    requires_compatibilities = models.JSONField(default=list)
    cpu = models.PositiveIntegerField(default=0)
    memory = models.PositiveIntegerField(default=0)
    images = models.JSONField(default=list)
    registered_at = models.DateTimeField(null=True)
    registered_by = models.CharField(max_length=600, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "region", "family", "status", "-revision"], include=["id", "gone_at"],
                name="revisions_by_rank",
            ),
        ]  # fmt: skip

    def crumbs_above(self) -> Crumbs:
        scope = self.scope_kwargs()
        return [
            ("Task definitions", address("services:task_definitions", **scope)),
            (self.family, address("services:task_definition_family", **scope, family=self.family)),
        ]

    @property
    def active(self) -> bool:
        return self.status == "ACTIVE"

    @property
    def tone(self) -> Tone:
        return Tone.OK if self.active else Tone.IDLE

    @property
    def more_images(self) -> int:
        """Return the number of images that a list with two images omits."""
        return len(self.images) - 2
