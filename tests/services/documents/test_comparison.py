"""Documents are compared by meaning: entries by their names, hidden values by their fingerprints."""

from typing import Any

import pytest

from ecsdash.masking import fingerprint
from services.documents.comparison import changes


def compared(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {each.path: (each.before, each.after) for each in changes(before, after)}


def containers(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"containerDefinitions": list(entries)}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            containers({"name": "a"}, {"name": "b", "image": "x"}),
            containers({"name": "b", "image": "x"}, {"name": "a"}),
            {},
        ),
        (
            containers({"name": "a", "image": "x"}),
            containers({"name": "a", "image": "y"}),
            {"containers.a.image": ("x", "y")},
        ),
        (
            {"loadBalancers": [{"targetGroupArn": "t", "containerName": "a", "containerPort": 80}]},
            {"loadBalancers": []},
            {"loadBalancers.t/a/80": ("set", None)},
        ),
        (
            {
                "capacityProviderStrategy": [
                    {"capacityProvider": "A", "weight": 1},
                    {"capacityProvider": "B", "weight": 1},
                ]
            },
            {
                "capacityProviderStrategy": [
                    {"capacityProvider": "B", "weight": 2},
                    {"capacityProvider": "A", "weight": 1},
                ]
            },
            {"capacityProviderStrategy.B.weight": (1, 2)},
        ),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["b", "a"]}}},
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["a", "b"]}}},
            {},
        ),
        (
            {"placementStrategy": [{"type": "spread", "field": "x"}, {"type": "random"}]},
            {"placementStrategy": [{"type": "random"}, {"type": "spread", "field": "x"}]},
            {
                "placementStrategy": (
                    '[{"type": "spread", "field": "x"}, {"type": "random"}]',
                    '[{"type": "random"}, {"type": "spread", "field": "x"}]',
                )
            },
        ),
        (
            {
                "serviceConnectConfiguration": {
                    "services": [{"portName": "http", "clientAliases": [{"port": 80, "dnsName": "a"}]}]
                }
            },
            {
                "serviceConnectConfiguration": {
                    "services": [{"portName": "http", "clientAliases": [{"port": 81, "dnsName": "a"}]}]
                }
            },
            {
                "serviceConnectConfiguration.services.http.clientAliases.a/81": (None, "set"),
                "serviceConnectConfiguration.services.http.clientAliases.a/80": ("set", None),
            },
        ),
        (
            {"desiredCount": 0, "cpu": "1"},
            {"desiredCount": 1, "memory": None},
            {"desiredCount": (0, 1), "cpu": ("1", None)},
        ),
        ({"volumes": ["odd"], "tags": [3]}, {"volumes": ["odder"], "tags": [3]}, {"volumes": ("odd", "odder")}),
    ],
    ids=["order", "image", "load balancer", "strategy", "subnets", "order counts", "aliases", "zero", "odd entries"],
)
def test_only_what_differs_is_listed(before: dict[str, Any], after: dict[str, Any], expected: dict[str, Any]) -> None:
    assert compared(before, after) == expected


def test_a_variable_that_is_given_twice_is_compared_twice() -> None:
    before = containers({"name": "a", "environment": [{"name": "X", "value": "1"}, {"name": "X", "value": "2"}]})
    after = containers({"name": "a", "environment": [{"name": "X", "value": "1"}, {"name": "X", "value": "3"}]})
    found = compared(before, after)
    assert found == {"containers.a.environment.X (2)": (fingerprint("2"), fingerprint("3"))}


def test_values_are_fingerprints_and_equal_ones_are_not_listed() -> None:
    before = containers({"name": "a", "command": ["run", "secret"], "dockerLabels": {"l": "same"}})
    after = containers({"name": "a", "command": ["run", "other"], "dockerLabels": {"l": "same"}})
    found = compared(before, after)
    assert found == {"containers.a.command": (fingerprint(["run", "secret"]), fingerprint(["run", "other"]))}
