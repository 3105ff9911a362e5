"""Pure parts of the form of a service: what a new one leaves out, inbound rules, and numbers with decimals."""

from typing import Any

import pytest
from django.http import QueryDict

from ecsdash.web.forms.document.kinds import Number
from ecsdash.web.forms.document.pointers import MISSING
from services.forms.new_security_group import permission
from services.forms.service.kinds import AnyJson
from services.forms.service.start import fitted, remember_network
from services.models import TaskDefinition

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED"}}
NEW = {"launchType": "EC2", "desiredCount": 1, "networkConfiguration": NETWORK}


def test_a_definition_without_network_interfaces_takes_no_network() -> None:
    found, words = fitted(NEW, TaskDefinition(name="web:1", network_mode="bridge"))

    assert found == {"launchType": "EC2", "desiredCount": 1}
    assert words == ["networking (web:1 uses the network mode bridge)"]


def test_instances_assign_no_public_address() -> None:
    found, words = fitted(NEW, TaskDefinition(name="web:1", network_mode="awsvpc"))

    assert found["networkConfiguration"]["awsvpcConfiguration"] == {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}
    assert words == ["the public IP address (only Fargate assigns one)"]


def test_a_daemon_leaves_out_its_desired_tasks() -> None:
    found, words = fitted({**NEW, "schedulingStrategy": "DAEMON"}, TaskDefinition(name="web:1", network_mode="host"))

    assert "desiredCount" not in found
    assert len(words) == 2


def test_the_network_is_kept_for_the_next_form() -> None:
    data = QueryDict(mutable=True)
    remember_network(data, {"networkConfiguration": NETWORK})
    assert (data.getlist("subnets"), data.getlist("security_groups")) == (["subnet-1"], ["sg-1"])
    remember_network(data, {"networkConfiguration": "${NETWORK}"})
    assert data.getlist("subnets") == []


RULES: list[tuple[str, dict[str, Any] | None]] = [
    ("tcp 80 10.0.0.0/8", {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}),
    ("udp 53-54 ::/0", {"IpProtocol": "udp", "FromPort": 53, "ToPort": 54, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}),
    (
        "TCP 80 sg-0123456789abcdef0",
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": "sg-0123456789abcdef0"}]},
    ),
    ("tcp 90-80 10.0.0.0/8", None),
    ("tcp 70000 10.0.0.0/8", None),
    ("tcp 80 10.0.0.1/8", None),
    ("icmp 80 10.0.0.0/8", None),
    ("tcp 80", None),
]


@pytest.mark.parametrize(("line", "wanted"), RULES)
def test_a_line_is_an_inbound_rule_or_refused(line: str, wanted: dict[str, Any] | None) -> None:
    assert permission(line) == wanted


def test_shares_may_have_decimals_and_other_text_stays_as_typed() -> None:
    assert [Number().read(text, MISSING) for text in ("5", "2.5", " ", "5%")] == [5, 2.5, MISSING, "5%"]
    assert Number().problem("5%") == "“5%” is not a number. Enter 5, or 2.5."


def test_data_of_any_shape_is_json_or_text() -> None:
    assert [AnyJson().read(text, MISSING) for text in ('{"a": 1}', "plain", "")] == [{"a": 1}, "plain", MISSING]
    assert [AnyJson().shown(value) for value in ({"a": 1}, "plain", "true")] == ['{"a": 1}', "plain", '"true"']
