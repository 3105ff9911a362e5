"""Patterns, conditions and actions of listener rules."""

import itertools
import re
from typing import Any

import pytest

from ecsdash.masking import fingerprint
from services.documents.listener_rule import actions, conditions
from services.documents.listener_rule.entries import actions_of, conditions_of
from services.documents.listener_rule.patterns import contains, meet

PATTERNS = ["".join(each) for size in range(4) for each in itertools.product("a*?", repeat=size)]
TEXTS = ["".join(each) for size in range(6) for each in itertools.product("ab", repeat=size)]


def matched(pattern: str) -> frozenset[str]:
    form = re.compile("".join({"*": ".*", "?": "."}.get(each, each) for each in pattern))
    return frozenset(text for text in TEXTS if form.fullmatch(text))


def test_two_patterns_meet_exactly_if_some_text_matches_both() -> None:
    known = {pattern: matched(pattern) for pattern in PATTERNS}
    for first, second in itertools.product(PATTERNS, repeat=2):
        assert meet(first, second) is bool(known[first] & known[second]), (first, second)


def test_a_pattern_that_contains_another_matches_all_that_it_matches() -> None:
    known = {pattern: matched(pattern) for pattern in PATTERNS}
    found = [pair for pair in itertools.product(PATTERNS, repeat=2) if contains(*pair)]
    assert all(known[other] <= known[pattern] for pattern, other in found)
    assert {("*", "a?a"), ("a*", "aa"), ("a?", "aa"), ("?*", "*?")} - set(found) <= {("?*", "*?")}
    assert ("a?", "a*") not in found


def one(field: str, *values: str, **more: str) -> dict[str, Any]:
    return {"field": field, "values": list(values), **more}


COVERS = [
    ([one("path-pattern", "/*")], [one("path-pattern", "/api/*")], True),
    ([one("path-pattern", "/api/*")], [one("path-pattern", "/API/x")], False),
    ([one("host-header", "*.SHOP.example")], [one("host-header", "a.shop.example"), one("path-pattern", "/")], True),
    ([one("host-header", "shop.example"), one("path-pattern", "/*")], [one("path-pattern", "/x")], False),
    ([one("source-ip", "10.0.0.0/8")], [one("source-ip", "10.1.0.0/16", "10.2.0.0/16")], True),
    ([one("source-ip", "10.0.0.0/8")], [one("source-ip", "10.1.0.0/16", "192.168.0.0/16")], False),
    ([one("source-ip", "10.0.0.0/8")], [one("source-ip", "fd00::/8")], False),
    ([one("http-request-method", "GET", "HEAD")], [one("http-request-method", "GET")], True),
    ([one("http-header", "•••00000000", name="X-A")], [one("http-header", "•••00000000", name="x-a")], True),
    ([one("http-header", "•••00000000", name="X-A")], [one("http-header", "•••00000001", name="X-B")], False),
]


@pytest.mark.parametrize(("first", "second", "covered"), COVERS)
def test_a_rule_covers_another_if_it_takes_all_of_its_requests(
    first: list[dict[str, Any]], second: list[dict[str, Any]], covered: bool
) -> None:
    assert conditions.covers(first, second) is covered


def test_rules_overlap_unless_a_condition_excludes_it() -> None:
    path, host = one("path-pattern", "/a/*"), one("host-header", "shop.example")
    assert conditions.overlap([path], [host])
    assert not conditions.overlap([path, host], [one("path-pattern", "/b/*")])
    assert conditions.overlap([one("http-header", "a", name="X")], [one("http-header", "b", name="X")]), "hidden values"
    assert conditions.overlap([{**path, "regex": [".*"]}], [one("path-pattern", "/b/*")])
    assert not conditions.overlap([one("source-ip", "10.0.0.0/8")], [one("source-ip", "hostile")])


def test_values_that_may_be_credentials_are_stored_as_fingerprints() -> None:
    described: list[dict[str, Any]] = [
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "token", "Value": "t"}, {"Value": "x"}]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-A", "Values": ["v"]}},
        {"Field": "path-pattern", "Values": ["/old"]},
    ]
    found = conditions.stored(described)
    assert found == [
        one("path-pattern", "/old"), one("http-header", fingerprint("v"), name="X-A"),
        one("query-string", f"token={fingerprint('t')}", "x"),
    ]  # fmt: skip
    assert conditions.hidden(found)
    assert conditions.words(found[:2]) == f"/old, header X-A: {fingerprint('v')}"
    plain = [one("query-string", "version=1", "x")]
    assert conditions.parameters(plain)[0]["QueryStringConfig"] == {
        "Values": [{"Key": "version", "Value": "1"}, {"Value": "x"}]
    }


def test_actions_are_the_same_after_they_were_sent_to_aws() -> None:
    groups = [{"TargetGroupArn": "a", "Weight": 3}, {"TargetGroupArn": "b", "Weight": 1}]
    sticky = {"Enabled": True, "DurationSeconds": 60}
    described: list[dict[str, Any]] = [
        {"Type": "forward", "ForwardConfig": {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky}},
        {"Type": "forward", "TargetGroupArn": "a"},
        {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}},
        {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "MessageBody": "Closed"}},
    ]
    found = actions.stored(described)
    assert actions.stored(actions.parameters(found)) == found
    assert [actions.words([each]) for each in found] == [
        "a 75 %, b 25 %", "a", "a redirect to https://#{host}:#{port}/#{path}", "the response 503",
    ]  # fmt: skip
    oidc = actions.stored([{"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"ClientSecret": "s"}}])
    assert oidc == [{"type": "authenticate-oidc"}]
    assert not actions.known([*oidc, found[1]])


def test_a_rule_that_an_earlier_version_stored_is_read() -> None:
    stored = {"hosts": ["a.example"], "paths": [], "others": ["source-ip"], "target_group_arns": ["a"]}
    assert conditions.words(conditions_of(stored)).startswith("a.example")
    assert actions.words(actions_of(stored)) == "a"
