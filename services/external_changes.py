"""What API calls changed that somebody made outside the dashboard: services, task definitions and load balancing."""

from collections.abc import Collection

from clusters.models import Cluster
from ecsdash.access.references import name_of, tail
from ecsdash.access.targets import AccessTarget
from ecsdash.external_changes.models import ExternalChange
from ecsdash.external_changes.subjects import Subject, former, settings_of, subject
from ecsdash.inventory.former_states import TAGS
from ecsdash.inventory.store import tag_dict
from ecsdash.masking import mask
from services.documents.comparison import changes as definition_changes
from services.models import Listener, ScalableTarget, ScalingPolicy, Service, TargetGroup, TaskDefinition
from services.sync.scaling import policy_key, target_key

SERVICE_NOUNS = ("services", "tasks", "service_deployments", "clusters")
SCALING_NOUNS = ("scalable_targets", "scaling_policies", "scheduled_actions")
BALANCING_NOUNS = ("load_balancers", "listeners", "target_groups")


@subject("ecs:UpdateService", "ecs:DeleteService")
def changed_service(change: ExternalChange) -> Subject | None:
    request = change.request
    cluster, name = tail(str(request.get("cluster", "default"))), tail(str(request.get("service", "")))
    row = Service.objects.in_scope(change.account, change.region).filter(cluster_name=cluster, name=name).first()
    if row is None:
        return None
    after = settings_of(change)
    before = former(row, change, after)
    return Subject("service", row.arn, row.name, row.access_target(), before, after, touches=SERVICE_NOUNS)


@subject("ecs:RegisterTaskDefinition")
def registered_task_definition(change: ExternalChange) -> Subject | None:
    """The changes are those from the revision before, with fingerprints for values on both sides."""
    family = str(change.request.get("family", ""))
    rows = TaskDefinition.objects.in_scope(change.account, change.region).filter(family=family)
    before = rows.filter(registered_at__lt=change.happened_at).order_by("-revision").first()
    compared = definition_changes(mask(before.description) if before else {}, change.request)
    place = AccessTarget(change.account.alias, change.region, service=family)
    return Subject("task_definition", "", family, place, changes=compared, touches=("task_definitions",))


@subject("ecs:DeregisterTaskDefinition", "ecs:DeleteTaskDefinitions")
def removed_task_definition(change: ExternalChange) -> Subject | None:
    named = change.request.get("taskDefinition") or next(iter(change.request.get("taskDefinitions") or ()), "")
    revision = tail(str(named))
    place = AccessTarget(change.account.alias, change.region, service=name_of("task_definition", revision))
    return Subject("task_definition", "", revision, place, touches=("task_definitions",))


@subject("ecs:TagResource", "ecs:UntagResource")
def changed_tags(change: ExternalChange) -> Subject | None:
    arn = str(change.request.get("resourceArn", ""))
    row = tagged(arn)
    if row is None:
        return None
    after = {TAGS: tag_dict(change.request.get("tags")) | dict.fromkeys(change.request.get("tagKeys", ()))}
    known = former(row, change, after)
    before = known and {TAGS: {key: known[TAGS].get(key) for key in after[TAGS]}}
    return Subject(row.NOUN, row.arn, row.name, row.access_target(), before, after, touches=(f"{row.NOUN}s",))


def tagged(arn: str) -> Cluster | Service | TaskDefinition | None:
    """Return the row of this ARN, for the kinds whose pages show tags that people change."""
    models: tuple[type[Cluster | Service | TaskDefinition], ...] = (Cluster, Service, TaskDefinition)
    kind = arn.split(":", 5)[-1].partition("/")[0]
    model = next((each for each in models if each.arn_type() == kind), None)
    return model.objects.filter(arn=arn).select_related("account").first() if model else None


@subject("elbv2:ModifyListener", "elbv2:DeleteListener", "elbv2:CreateRule")
def changed_listener(change: ExternalChange) -> Subject | None:
    arn = str(change.request.get("ListenerArn", ""))
    row = Listener.objects.in_scope(change.account, change.region).filter(arn=arn).first()
    return _balancing(change, "listener", arn, row, [row] if row else [])


@subject("elbv2:ModifyRule", "elbv2:DeleteRule")
def changed_rule(change: ExternalChange) -> Subject | None:
    arn = str(change.request.get("RuleArn", ""))
    rows = Listener.objects.in_scope(change.account, change.region)
    before = [row for row in rows if any(rule["arn"] == arn for rule in row.rules)]
    return _balancing(change, "listener_rule", arn, None, before)


@subject("elbv2:CreateListener", "elbv2:DeleteLoadBalancer", "elbv2:ModifyLoadBalancerAttributes",
         "elbv2:SetSecurityGroups", "elbv2:SetSubnets")  # fmt: skip
def changed_load_balancer(change: ExternalChange) -> Subject | None:
    arn = str(change.request.get("LoadBalancerArn", ""))
    rows = Listener.objects.in_scope(change.account, change.region).filter(load_balancer_arn=arn)
    return _balancing(change, "load_balancer", arn, None, list(rows))


@subject("elbv2:ModifyTargetGroup", "elbv2:ModifyTargetGroupAttributes", "elbv2:DeleteTargetGroup",
         "elbv2:RegisterTargets", "elbv2:DeregisterTargets")  # fmt: skip
def changed_target_group(change: ExternalChange) -> Subject | None:
    arn = str(change.request.get("TargetGroupArn", ""))
    row = TargetGroup.objects.in_scope(change.account, change.region).filter(arn=arn).first()
    place = place_behind(change, {arn})
    name = row.name if row else name_of("target_group", arn)
    return Subject("target_group", arn, name, place, after=settings_of(change), touches=BALANCING_NOUNS)


@subject("application-autoscaling:RegisterScalableTarget", "application-autoscaling:DeregisterScalableTarget",
         "application-autoscaling:PutScalingPolicy", "application-autoscaling:DeleteScalingPolicy",
         "application-autoscaling:PutScheduledAction", "application-autoscaling:DeleteScheduledAction")  # fmt: skip
def changed_scaling(change: ExternalChange) -> Subject | None:
    """What is known before is that of the target or the policy; a deleted policy had all of its settings."""
    resource = str(change.request.get("ResourceId", ""))
    if not resource.startswith("service/") or resource.count("/") != 2:
        return None
    _, cluster, service = resource.split("/")
    place = AccessTarget(change.account.alias, change.region, cluster, service)
    kind, row = _scaled(change)
    after = settings_of(change)
    if row and change.operation == "application-autoscaling:DeleteScalingPolicy":
        after = dict.fromkeys(ScalingPolicy.SETTINGS)
    before = former(row, change, after) if row else None
    policy = change.request.get("PolicyName", "")
    name, arn = (f"{policy} of {service}", row.arn if row else "") if policy else (service, row.arn if row else "")
    return Subject(kind, arn, name, place, before, after, touches=(*SCALING_NOUNS, "services"))


def _scaled(change: ExternalChange) -> tuple[str, ScalableTarget | ScalingPolicy | None]:
    """Return the kind and the row of the scaling policy, or of the scalable target, that the call names."""
    named, place = change.request, (change.account, change.region)
    if "PolicyName" in named:
        return "scaling_policy", ScalingPolicy.objects.filter(arn=policy_key(*place, named)).first()
    return "scalable_target", ScalableTarget.objects.filter(arn=target_key(*place, named)).first()


def place_behind(change: ExternalChange, target_groups: Collection[str]) -> AccessTarget:
    """Return the place of the services behind these target groups: the service, or what several have in common."""
    rows = Service.objects.in_scope(change.account, change.region).present()
    places = {
        (cluster, name)
        for cluster, name, arns in rows.values_list("cluster_name", "name", "target_group_arns")
        if set(arns) & set(target_groups)
    }
    clusters = {cluster for cluster, _ in places}
    cluster, service = next(iter(places)) if len(places) == 1 else (next(iter(clusters), ""), "")
    return AccessTarget(change.account.alias, change.region, cluster if len(clusters) == 1 else "", service)


def _balancing(
    change: ExternalChange, kind: str, arn: str, row: Listener | None, listeners: list[Listener]
) -> Subject | None:
    if not arn.startswith("arn:"):
        return None
    after = settings_of(change)
    groups = {group for each in listeners for group in each.target_group_arns}
    groups |= {group for each in listeners for rule in each.rules for group in rule["target_group_arns"]}
    before = former(row, change, after) if row else None
    name = f"{name_of(kind, arn)} {row.label}" if row else name_of(kind, arn)
    place = place_behind(change, groups)
    return Subject(kind, arn, name, place, before, after, touches=BALANCING_NOUNS)
