"""Values of ECS documents are hidden by their place, whatever their name, and shown as keyed fingerprints."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsdash.masking import fingerprint, hidden_values, hide, is_fingerprint, mask, use_key

PLANTED = "zq7-in-every-place"
CONTAINER: dict[str, Any] = {
    "name": "web",
    "image": "shop/web:1",
    "command": ["sh", "-c", PLANTED],
    "entryPoint": [PLANTED],
    "environment": [{"name": "STAGE", "value": PLANTED}, {"name": "EMPTY", "value": ""}],
    "secrets": [{"name": "KEY", "valueFrom": "arn:aws:ssm:eu-central-1:123456789012:parameter/key"}],
    "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::shop/env"}],
    "healthCheck": {"command": ["CMD-SHELL", PLANTED], "interval": 30},
    "logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": PLANTED, "splunk-url": "https://logs"}},
    "firelensConfiguration": {"type": "fluentbit", "options": {"header": PLANTED}},
    "dockerLabels": {"traefik.users": PLANTED},
    "portMappings": [{"containerPort": 80}],
}
VOLUME = {"name": "data", "dockerVolumeConfiguration": {"driver": "cifs", "driverOpts": {"o": PLANTED}}}
DEFINITION: dict[str, Any] = {"family": "web", "containerDefinitions": [CONTAINER], "volumes": [VOLUME]}
OVERRIDES = {"containerOverrides": [{"name": "web", "command": [PLANTED], "environment": CONTAINER["environment"]}]}


@pytest.mark.parametrize(
    "document",
    [
        DEFINITION,
        CONTAINER,
        {"taskDefinition": DEFINITION, "tags": []},
        {"overrides": OVERRIDES},
        {"steps": [{"params": DEFINITION}, {"params": {"overrides": OVERRIDES}}]},
        {"changes": [{"path": "overrides", "before": None, "after": OVERRIDES}]},
        {"path": "containers.web.environment.STAGE", "before": PLANTED, "after": None},
        {"path": "containers.web.command", "before": json.dumps([PLANTED]), "after": [PLANTED]},
        {"path": "containers.web.dockerLabels.a.b", "before": {"x": PLANTED}, "after": PLANTED},
        {"environment": [{"name": "URL", "value": {"$join": [PLANTED, {"$ref": "lb.DNSName"}]}}]},
    ],
)
def test_a_value_is_hidden_wherever_the_document_is(document: Any) -> None:
    assert PLANTED not in json.dumps(mask(document))


def test_what_is_no_value_stays_readable() -> None:
    shown = hide(DEFINITION)["containerDefinitions"][0]
    for name in ("name", "image", "secrets", "environmentFiles", "portMappings"):
        assert shown[name] == CONTAINER[name]
    assert shown["environment"][1] == {"name": "EMPTY", "value": ""}
    assert shown["healthCheck"]["interval"] == 30
    assert shown["logConfiguration"]["options"]["splunk-url"] == "https://logs"
    assert hide({"path": "environment", "before": "test", "after": "production"})["after"] == "production"
    assert hide({"environment": [{"name": "A", "value": {"$ref": "lb.DNSName"}}]})["environment"][0]["value"] == {
        "$ref": "lb.DNSName"
    }


def test_equal_values_have_equal_fingerprints_and_others_have_not() -> None:
    assert fingerprint("a") == fingerprint("a") != fingerprint("b")
    assert fingerprint(["a", "b"]) != fingerprint(["ab"])
    assert hide(hide(DEFINITION)) == hide(DEFINITION)


@pytest.fixture
def another_key() -> Iterator[None]:
    from django.conf import settings as product

    use_key("the key of another installation")
    yield
    use_key(product.SECRET_KEY)


def test_a_fingerprint_cannot_be_made_without_the_key(another_key: None) -> None:
    theirs = fingerprint("no")
    use_key("a guess")
    assert fingerprint("no") != theirs


def test_each_hidden_value_has_one_pointer() -> None:
    found = dict(hidden_values(DEFINITION))
    web = "/containerDefinitions/web"
    assert found == {
        f"{web}/command": ["sh", "-c", PLANTED],
        f"{web}/entryPoint": [PLANTED],
        f"{web}/environment/STAGE": PLANTED,
        f"{web}/healthCheck/command": ["CMD-SHELL", PLANTED],
        f"{web}/logConfiguration/options/splunk-token": PLANTED,
        f"{web}/firelensConfiguration/options/header": PLANTED,
        f"{web}/dockerLabels/traefik.users": PLANTED,
        "/volumes/data/dockerVolumeConfiguration/driverOpts/o": PLANTED,
    }


WORDS = st.text(min_size=1, max_size=20)
LEAVES = st.none() | st.booleans() | st.integers() | WORDS
NAMES = st.sampled_from(
    ["environment", "command", "entryPoint", "options", "logConfiguration", "value", "name", "path", "before", "$ref"]
)
DATA = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | WORDS, inner, max_size=4), max_leaves=20
)


@settings(max_examples=200, deadline=None)
@given(DATA, st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3))
def test_no_shape_around_it_brings_a_value_out(around: Any, variables: list[tuple[str, str]]) -> None:
    values = [f"{PLANTED}-{value}" for _, value in variables]
    environment = [{"name": name, "value": value} for (name, _), value in zip(variables, values, strict=True)]
    shown = json.dumps(mask({"around": around, "containerOverrides": [{"environment": environment, "x": around}]}))
    assert PLANTED not in shown
    assert all(is_fingerprint(each["value"]) for each in mask({"environment": environment})["environment"])
