from django.db import models

from ecsdash.inventory.models import Choice, Crumbs
from ecsdash.web.cached_reverse import address

KINDS = {"HTTP": "Service Connect and API calls", "DNS_PRIVATE": "DNS in a VPC", "DNS_PUBLIC": "public DNS"}


class Namespace(Choice):
    """A Cloud Map namespace.

    `registries` are its Cloud Map services: [{"arn", "name", "records": [{"type", "ttl"}], "description"}].
    """

    NOUN = "namespace"
    PAGE = "services:namespace"
    URL = {"namespace": "namespace_id"}
    namespace_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, blank=True)
    registries = models.JSONField(default=list)

    def crumbs_above(self) -> Crumbs:
        return [("Namespaces", address("services:namespaces", **self.scope_kwargs()))]

    @property
    def kind_words(self) -> str:
        return KINDS.get(self.kind, self.kind)
