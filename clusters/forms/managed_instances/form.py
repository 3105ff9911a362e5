"""The forms that create and change a capacity provider of ECS Managed Instances."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from clusters.documents.managed_instances import PROVIDER_NAME, provider_findings, updatable
from clusters.forms.default_strategy import DefaultStrategyFields, default_items
from clusters.forms.managed_instances.fields import NEW_PROVIDER, PRESENT_PROVIDER
from clusters.forms.network import network_offers, preselected
from clusters.models import CapacityProvider, InstanceProfile, Role, SecurityGroup, Subnet
from clusters.selectors.capacity_providers import managed_providers
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.document_forms import DocumentActionForm
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.pointers import value_at
from ecsdash.web.forms.document.rendering import Offers
from ecsdash.web.forms.document.state import Document

ECS: Final = "ecs.amazonaws.com"
ROLE_AT: Final = "/managedInstancesProvider/infrastructureRoleArn"
PROFILE_AT: Final = "/managedInstancesProvider/instanceLaunchTemplate/ec2InstanceProfileArn"
NETWORK_AT: Final = "/managedInstancesProvider/instanceLaunchTemplate/networkConfiguration"
#: Names of the roles that the ECS console creates: they are chosen at first.
USUAL_ROLE, USUAL_PROFILE = "ecsInfrastructureRole", "ecsInstanceRole"


class ProviderDocumentForm(DocumentActionForm):
    """Form; cleaned, `document` is the document. What a present provider has already may stay."""

    json_help = "Paste the parameters of create-capacity-provider."
    creates = True

    def offers(self) -> Offers:
        return {
            **network_offers(self.context),
            "infrastructure-roles": [(row.arn, row.name) for row in infrastructure_roles(self.context)],
            "instance-profiles": [
                (row.arn, f"{row.name} (role {row.role_name})") for row in instance_profiles(self.context)
            ],
        }

    def document_findings(self, document: Document) -> Sequence[Finding]:
        found = provider_findings(document, creates=self.creates)
        if any(each.level is FindingLevel.BLOCK for each in found):
            return found
        return [*found, *self._named(document)]

    def present(self) -> Document:
        """Return the document of the provider as it is; empty for a new one."""
        return {}

    def clean(self) -> dict[str, Any]:
        return {**(super().clean() or {}), "document": self.state.document}

    def _named(self, document: Document) -> Iterator[Finding]:
        """Yield findings for what the account does not have, or the person may not use."""
        before = self.present()
        for place, rows, what in (
            (ROLE_AT, infrastructure_roles(self.context), "role that trusts ecs.amazonaws.com"),
            (PROFILE_AT, instance_profiles(self.context), "instance profile with a role"),
        ):
            value = value_at(document, place)
            if value not in {row.arn for row in rows} and value != value_at(before, place):
                yield _block(place, f"{value} is no {what} in this account, or you may not use it.")
        yield from self._network(value_at(document, NETWORK_AT), value_at(before, NETWORK_AT))

    def _network(self, network: Mapping[str, Any], before: Any) -> Iterator[Finding]:
        kept = before if isinstance(before, Mapping) else {}
        rows: dict[str, list[Any]] = {}
        for member, model in (("subnets", Subnet), ("securityGroups", SecurityGroup)):
            names = network.get(member) or []
            rows[member] = list(choices(model, self.context.user, self.context.scope).filter(name__in=names))
            usable = {row.name for row in permitted(self.context, rows[member])} | set(kept.get(member) or ())
            for name in names:
                if name not in usable:
                    noun = model.NOUN.replace("_", " ")
                    yield _block(f"{NETWORK_AT}/{member}", f"The {noun} {name} does not exist, or you may not use it.")
        vpcs = {row.vpc_id for row in rows["subnets"]}
        if len(vpcs) > 1:
            what, how = "The subnets are in different VPCs.", "Select subnets of one VPC."
            yield Finding(f"{NETWORK_AT}/subnets", FindingLevel.BLOCK, what, "", how)
        others = [row.title for row in rows["securityGroups"] if row.vpc_id not in vpcs]
        if len(vpcs) == 1 and others:
            what = f"These security groups are not in the VPC of the subnets: {', '.join(others)}."
            yield Finding(f"{NETWORK_AT}/securityGroups", FindingLevel.BLOCK, what, "", "Remove them.")


class NewManagedInstancesForm(DefaultStrategyFields, ProviderDocumentForm):
    document_form = NEW_PROVIDER

    def start(self, context: ActionContext, initial: dict[str, Any]) -> Document:
        chosen = preselected(context, context.resource.name)
        groups = {"securityGroups": chosen["security_groups"]} if chosen["security_groups"] else {}
        return {
            "name": "",
            "managedInstancesProvider": {
                "infrastructureRoleArn": _usual(infrastructure_roles(context), USUAL_ROLE),
                "instanceLaunchTemplate": {
                    "ec2InstanceProfileArn": _usual(instance_profiles(context), USUAL_PROFILE),
                    "networkConfiguration": {"subnets": chosen["subnets"], **groups},
                    "storageConfiguration": {"storageSizeGiB": 80},
                },
                "propagateTags": "CAPACITY_PROVIDER",
            },
        }

    def not_mixed_with(self) -> tuple[Collection[str], str]:
        managed = {row.name for row in managed_providers(self.context.scope)}
        others = {item["capacityProvider"] for item in default_items(self.context.resource)} - managed
        return others, "The default strategy has other capacity, which cannot be mixed with Managed Instances."

    def document_findings(self, document: Document) -> Sequence[Finding]:
        name, scope = document.get("name"), self.context.scope
        rows = CapacityProvider.objects.in_scope(scope.account, scope.region).present()
        if isinstance(name, str) and PROVIDER_NAME.match(name) and rows.filter(name=name).exists():
            return [_block("/name", f"The capacity provider {name} already exists.", "Choose another name.")]
        return super().document_findings(document)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.check_strategy(data)
        return data


class PresentManagedInstancesForm(ProviderDocumentForm):
    document_form = PRESENT_PROVIDER
    json_help = "The member managedInstancesProvider of update-capacity-provider."
    creates = False

    def start(self, context: ActionContext, initial: dict[str, Any]) -> Document:
        return present_document(context.resource)

    def present(self) -> Document:
        return present_document(self.context.resource)


def present_document(provider: CapacityProvider) -> Document:
    return {"managedInstancesProvider": updatable(provider.managed_instances)}


def infrastructure_roles(context: ActionContext) -> list[Role]:
    """Return the roles that ECS may assume and the person may pass."""
    rows = permitted(context, choices(Role, context.user, context.scope))
    return [row for row in rows if ECS in row.trusts]


def instance_profiles(context: ActionContext) -> list[InstanceProfile]:
    rows = permitted(context, choices(InstanceProfile, context.user, context.scope))
    return [row for row in rows if row.role_name]


def _usual(rows: Sequence[Any], name: str) -> str:
    """Return the ARN of the row with the usual name, or of the only one; empty if there is no such choice."""
    named = [row.arn for row in rows if row.name == name] or [row.arn for row in rows if len(rows) == 1]
    return next(iter(named), "")


def _block(place: str, what: str, how: str = "Choose from the list.") -> Finding:
    return Finding(place, FindingLevel.BLOCK, what, "", how)
