from django.db import models

from ecsdash.inventory.models import Choice, Crumbs
from ecsdash.web.cached_reverse import address
from ecsdash.web.tone import Tone

#: Protocols of application load balancers: only their listeners have rules.
WITH_RULES = ("HTTP", "HTTPS")


class LoadBalancer(Choice):
    NOUN = "load_balancer"
    PAGE = "services:load_balancer"
    URL = {"load_balancer": "name"}
    dns_name = models.CharField(max_length=300, blank=True)
    vpc_id = models.CharField(max_length=40, blank=True)
    scheme = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=20, blank=True)

    def crumbs_above(self) -> Crumbs:
        services = ("Services", address("services:services", **self.scope_kwargs()))
        return [services, ("Load balancers", address("services:load_balancers", **self.scope_kwargs()))]

    @property
    def tone(self) -> Tone:
        known = {"active": Tone.OK, "provisioning": Tone.PROGRESS, "active_impaired": Tone.WARN, "failed": Tone.BAD}
        return known.get(self.state, Tone.IDLE)


class TargetGroup(Choice):
    """A target group. `targets` from describe_target_health: [{"id", "port", "zone", "state", "code", "reason",
    "since"}]; `since` is when this state was first seen.

    `attributes` are read of the groups of services only; None before that.
    """

    NOUN = "target_group"
    port = models.PositiveIntegerField(default=0)
    protocol = models.CharField(max_length=10, blank=True)
    target_type = models.CharField(max_length=20, blank=True)
    vpc_id = models.CharField(max_length=40, blank=True)
    health_check_path = models.CharField(max_length=1024, blank=True)
    load_balancer_arns = models.JSONField(default=list)
    targets = models.JSONField(default=list)
    attributes = models.JSONField(null=True)


class Listener(Choice):
    """A listener. `target_group_arns` are those of its default actions.

    `rules` are the other rules, in order of evaluation: [{"arn", "priority", "conditions", "actions", "hosts", "paths",
    "others", "target_group_arns"}]. `conditions` and `actions` are as in services.documents.listener_rule; `others` are
    the fields of further conditions.
    """

    NOUN = "listener"
    SETTINGS = ("DefaultActions", "Port", "Protocol", "SslPolicy", "Certificates", "AlpnPolicy", "MutualAuthentication")
    load_balancer_arn = models.CharField(max_length=600)
    port = models.PositiveIntegerField(default=0)
    protocol = models.CharField(max_length=10, blank=True)
    target_group_arns = models.JSONField(default=list)
    rules = models.JSONField(default=list)


class Certificate(Choice):
    """A certificate of ACM: `name` is its id, `label` its domain name. A listener requires the status ISSUED."""

    NOUN = "certificate"
    domains = models.JSONField(default=list)
    status = models.CharField(max_length=30, blank=True)
    expires_at = models.DateTimeField(null=True)
