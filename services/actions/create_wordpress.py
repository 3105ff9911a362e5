from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.urls import reverse

from clusters.models import Cluster, Role, SecurityGroup, Subnet
from clusters.planning.roles import role_limits
from clusters.selectors.clusters import clusters
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.offers import permitted
from ecsdash.operations.plan import Check, Danger, Effect, Level, LiveCheck, Observation, Output, Plan, Undo
from ecsdash.operations.refs import join, ref
from services.models import LoadBalancer, LogGroup, Secret, Service, TargetGroup
from services.planning.wordpress.resources import WordPress
from services.planning.wordpress.steps import wordpress_steps

NEW_CLUSTER = "new:"
NAME = RegexValidator(
    r"^[a-z][a-z0-9-]{0,22}[a-z0-9]\Z",
    "Use 2 to 24 lowercase letters, digits and hyphens. Begin with a letter, and do not end with a hyphen.",
)


class CreateWordPressForm(ActionForm):
    """Form; cleaned, `subnets` are Subnet rows of one VPC."""

    name = forms.CharField(
        label="Name", max_length=24, initial="wordpress", validators=[NAME], help_text="Prefix of all resource names."
    )
    cluster = forms.ChoiceField(label="Cluster", help_text="The site runs on Fargate, without container instances.")
    subnets = forms.MultipleChoiceField(
        label="Subnets",
        help_text="At least two public subnets in two Availability Zones. The load balancer requires them.",
    )
    site_count = forms.IntegerField(label="WordPress tasks", min_value=1, max_value=10, initial=2)
    site_image = forms.CharField(label="WordPress image", max_length=255, initial="wordpress:6")
    database_image = forms.CharField(label="MySQL image", max_length=255, initial="mysql:8.4")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user, scope = self.context.user, self.context.scope
        known = [(row.name, row.name) for row in clusters(user, scope).order_by("name") if self._may_change(row)]
        self._choose("cluster", [(NEW_CLUSTER, "New cluster with the same name"), *known])
        self.known = {row.name: row for row in permitted(self.context, choices(Subnet, user, scope))}
        self._choose("subnets", [(row.name, _label(row)) for row in self.known.values()])
        if not self.is_bound:
            self.initial.setdefault("subnets", _proposed(list(self.known.values())))

    def clean_subnets(self) -> list[Subnet]:
        rows = [self.known[name] for name in self.cleaned_data["subnets"]]
        if len({row.vpc_id for row in rows}) > 1:
            raise forms.ValidationError("The subnets are in different VPCs. Choose subnets of one VPC.")
        if len({row.availability_zone for row in rows}) < 2:
            raise forms.ValidationError(
                "A load balancer requires subnets in two Availability Zones. Add a subnet in another zone."
            )
        return rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name = data.get("name")
        if name and data.get("cluster") == NEW_CLUSTER:
            taken = clusters(self.context.user, self.context.scope).filter(name=name).exists()
            if taken:
                self.add_error("cluster", f"The cluster {name} already exists. Choose it, or enter another name.")
        return data

    def _may_change(self, cluster: Cluster) -> bool:
        return policy.can(self.context.user, self.context.permission, cluster.access_target())

    def _choose(self, name: str, offered: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered


@register
class CreateWordPress(Action):
    name = "create_wordpress"
    label = "Create WordPress"
    danger = Danger.CHANGES
    creates = "service"
    path = "blueprints/wordpress/"
    icon = "world"
    form_class = CreateWordPressForm
    template = "services/wordpress/create.html"
    watches = ("clusters", "subnets", "security_groups", "services", "load_balancers", "target_groups", "secrets",
               "roles", "log_groups")  # fmt: skip
    calls = (
        "ecs.create_cluster",
        "ec2.create_security_group",
        "ec2.authorize_security_group_ingress",
        "secretsmanager.create_secret",
        "iam.create_role",
        "iam.attach_role_policy",
        "iam.put_role_policy",
        "logs.create_log_group",
        "efs.create_file_system",
        "efs.create_mount_target",
        "efs.create_access_point",
        "servicediscovery.create_http_namespace",
        "ecs.register_task_definition",
        "ecs.deregister_task_definition",
        "elbv2.create_load_balancer",
        "elbv2.create_target_group",
        "elbv2.modify_target_group_attributes",
        "elbv2.create_listener",
        "ecs.create_service",
    )

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        scope = context.scope
        return AccessTarget(scope.account.alias, scope.region, _cluster(data) if data else "")

    def may_open(self, context: ActionContext) -> bool:
        """Return whether the user may change any cluster here; the chosen cluster is checked later."""
        return policy.can_within(context.user, Permission.OPERATE, self.access_target(context))

    def back(self, context: ActionContext) -> str:
        return reverse("services:services", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Services", self.back(context))]

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        site = _wordpress(context, data)
        cluster = {"cluster": site.cluster}
        observes = [
            Observation("service_state", {**cluster, "service": name}, None, f"The service {name}", (Effect(step, {}),))
            for step, name in (("database", site.database), ("site", site.name))
            if not site.new_cluster
        ]
        if site.new_cluster:
            observes.append(
                Observation("cluster_state", cluster, None, f"The cluster {site.cluster}", (Effect("cluster", {}),))
            )
        return Plan(
            summary=f"Create the WordPress site {site.name} in the cluster {site.cluster}",
            resource_key=context.arn("ecs", f"service/{site.cluster}/{site.name}"),
            resource_name=site.name,
            steps=wordpress_steps(site),
            changes=site.changes(),
            checks=_checks(context, site),
            live_checks=(LiveCheck("namespace_free", f"The namespace {site.name} is free", {"name": site.name}),),
            observes=tuple(observes),
            outputs=(Output("Site address", join("http://", ref("balancer.LoadBalancers.0.DNSName")), link=True),),
            undo=Undo("remove_created", "remove everything that this created", context.scope.url_kwargs(),
                      {"operation": ref("operation.id")}),
            touches=("clusters", "services", "tasks", "task_definitions", "load_balancers", "target_groups",
                     "listeners", "security_groups", "secrets", "roles", "log_groups"),
            risks=("The site is public. The first visitor sets the administrator password: open the site at once.",),
            cost=site.monthly_cost,
        )  # fmt: skip


def _cluster(data: Mapping[str, Any]) -> str:
    return str(data["name"] if data["cluster"] == NEW_CLUSTER else data["cluster"])


def _wordpress(context: ActionContext, data: Mapping[str, Any]) -> WordPress:
    subnets: list[Subnet] = data["subnets"]
    return WordPress(
        account_id=context.scope.account.account_id,
        region=context.scope.region,
        name=data["name"],
        cluster=_cluster(data),
        new_cluster=data["cluster"] == NEW_CLUSTER,
        vpc=subnets[0].vpc_id,
        subnets=tuple(row.name for row in subnets),
        site_count=data["site_count"],
        site_image=data["site_image"],
        database_image=data["database_image"],
        role_limits=role_limits(context.scope.account),
    )


def _checks(context: ActionContext, site: WordPress) -> tuple[Check, ...]:
    """Return whether the names are available according to the inventory."""
    taken = _taken(context, site)
    name_check = Check(Level.OK, f"The name {site.name} is available")
    if taken:
        title = f"The name is in use: {', '.join(taken)}"
        name_check = Check(Level.BLOCK, title, "Existing resources are not reused.", "Choose another name.")
    files = Check(
        Level.OK,
        "The database stores its files on EFS",
        "Suitable for a small site. Use a managed database for a busy one.",
    )
    shared = Check(
        Level.OK,
        "All tasks of the site share wp-content, keys and salts",
        "Uploads, themes and plugins are on a separate file system. Sticky sessions keep a visitor on one task.",
    )
    place = {"account": context.scope.account, "region": context.scope.region, "gone_at": None}
    if LogGroup.objects.filter(**place, name=site.log_group).exists():
        detail = "The site writes to it. Undo does not delete it."
        return name_check, files, shared, Check(Level.WARN, f"The log group {site.log_group} already exists", detail)
    return name_check, files, shared


def _taken(context: ActionContext, site: WordPress) -> list[str]:
    place = {"account": context.scope.account, "region": context.scope.region, "gone_at": None}
    names = {
        "service": Service.objects.filter(
            **place, cluster_name=site.cluster, name__in=[site.name, site.database], status="ACTIVE"
        ),
        "load balancer": LoadBalancer.objects.filter(**place, name=site.name),
        "target group": TargetGroup.objects.filter(**place, name=site.target_group),
        "secret": Secret.objects.filter(**place, name__in=[site.password_name, site.salts_name]),
        "role": Role.objects.filter(account=context.scope.account, gone_at=None, name=site.role),
    }
    groups = SecurityGroup.objects.filter(**place, vpc_id=site.vpc, label__in=site.group_names)
    return [
        *(f"the {noun} {row.name}" for noun, rows in names.items() for row in rows),
        *(f"the security group {row.label}" for row in groups),
    ]


def _label(row: Subnet) -> str:
    public = "public" if row.public else "private"
    return f"{row.title} · {row.availability_zone} · {public}"


def _proposed(rows: list[Subnet]) -> list[str]:
    """Return one public subnet in each zone of the first VPC that has public subnets in two zones."""
    for vpc in dict.fromkeys(row.vpc_id for row in rows):
        zones = {row.availability_zone: row.name for row in rows if row.vpc_id == vpc and row.public}
        if len(zones) > 1:
            return list(zones.values())
    return []
