"""Fields of a new security group of the tasks, and its inbound rules."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any, Final

from django import forms

from clusters.models import SecurityGroup, Subnet
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionForm

NAME: Final = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}\Z")
RULE: Final = re.compile(r"(?P<protocol>tcp|udp)\s+(?P<first>\d{1,5})(?:-(?P<last>\d{1,5}))?\s+(?P<source>\S{1,60})\Z")
GROUP: Final = re.compile(r"sg-[0-9a-f]{8,17}\Z")
MOST_RULES: Final = 60
HINT: Final = "Enter a protocol, a port or a range, and an address range or a group: tcp 8080 10.0.0.0/8"


class NewGroupFields(ActionForm):
    """Form fields; cleaned, `new_group_rules` is a list of IpPermissions, `new_group_vpc` the VPC of the subnets."""

    new_group = forms.BooleanField(required=False, label="Create a security group for the tasks")
    new_group_name = forms.CharField(
        label="Name of the security group", required=False, max_length=255, help_text="Default: the service name."
    )
    new_group_rules = forms.CharField(
        label="Inbound rules",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="One in each line: tcp 8080 10.0.0.0/8, or tcp 80-90 sg-0123456789abcdef0. None: no inbound traffic.",
    )

    def check_group(self, data: dict[str, Any]) -> None:
        if not data.get("new_group"):
            return
        name = data["new_group_name"] = data.get("new_group_name") or data["service_name"]
        if not NAME.match(name) or name.startswith("sg-"):
            self.add_error("new_group_name", "AWS does not allow this name. Use letters, digits, hyphens and spaces.")
        vpcs = {row.vpc_id for row in self._subnets(data["subnets"])}
        data["new_group_vpc"] = next(iter(vpcs), "")
        if not vpcs:
            self.add_error("new_group", "A security group is made in the VPC of the subnets. Choose the subnets.")
        rows = choices(SecurityGroup, self.context.user, self.context.scope)
        if rows.filter(label=name, vpc_id__in=vpcs).exists():
            self.add_error("new_group_name", "The VPC already has a security group of this name. Enter another name.")
        self._check_rules(data)

    def zones_of(self, subnets: list[str]) -> set[str]:
        return {row.availability_zone for row in self._subnets(subnets)}

    def _subnets(self, names: list[str]) -> list[Subnet]:
        return list(choices(Subnet, self.context.user, self.context.scope).filter(name__in=names))

    def _check_rules(self, data: dict[str, Any]) -> None:
        lines = [line.strip() for line in data.get("new_group_rules", "").splitlines() if line.strip()]
        found = [(line, permission(line)) for line in lines]
        data["new_group_rules"] = [each for _, each in found if each]
        if wrong := [line for line, each in found if not each]:
            self.add_error("new_group_rules", f"“{wrong[0][:60]}” is not a rule. {HINT}")
        elif len(lines) > MOST_RULES:
            self.add_error("new_group_rules", f"A security group has at most {MOST_RULES} inbound rules.")


def permission(line: str) -> Mapping[str, Any] | None:
    """Return the IpPermission of a line such as `tcp 80-90 10.0.0.0/8`; None if it is none."""
    match = RULE.match(line.lower())
    if match is None:
        return None
    first, last = int(match["first"]), int(match["last"] or match["first"])
    source = _source(match["source"])
    if not source or not 0 <= first <= last <= 65535:
        return None
    return {"IpProtocol": match["protocol"], "FromPort": first, "ToPort": last, **source}


def _source(text: str) -> dict[str, Any]:
    if GROUP.match(text):
        return {"UserIdGroupPairs": [{"GroupId": text}]}
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return {}
    if network.version == 4:
        return {"IpRanges": [{"CidrIp": str(network)}]}
    return {"Ipv6Ranges": [{"CidrIpv6": str(network)}]}
