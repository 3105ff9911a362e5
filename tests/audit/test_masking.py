"""Secrets are recognised by their names; references to secrets stay readable."""

import time
from typing import Any

import pytest

from ecsdash.masking import MASK, mask, names_secret


@pytest.mark.parametrize(
    "name",
    ["password", "DB_PASSWORD", "MYSQL_ROOT_PASSWORD", "PGPASSWORD", "apiKey", "API_KEY", "SECRET_KEY", "AUTH_TOKEN",
     "SecretString", "AWS_SECRET_ACCESS_KEY", "keyPassphrase", "credentials", "private_key",
     "containerDefinitions[0].environment[DB_PASSWORD]", "tags.token"],
)  # fmt: skip
def test_these_name_secrets(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    ["keyName", "KeyName", "key", "Key", "secrets", "secretOptions", "clientToken", "ClientToken", "nextToken",
     "SecretId", "secretArn", "kmsKeyId", "credentialsParameter", "repositoryCredentials", "image", "desiredCount",
     "secrets[DB_PASSWORD].valueFrom", "monitoring", ""],
)  # fmt: skip
def test_these_do_not(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize(
    ("data", "masked"),
    [
        ({"password": "x"}, {"password": MASK}),
        ({"name": "DB_PASSWORD", "value": "x"}, {"name": "DB_PASSWORD", "value": MASK}),
        ({"name": "COLOUR", "value": "red"}, {"name": "COLOUR", "value": "red"}),
        ({"key": "token", "value": "x"}, {"key": "token", "value": MASK}),
        ({"path": "env.TOKEN", "before": None, "after": "x"}, {"path": "env.TOKEN", "before": None, "after": MASK}),
        ({"secrets": [{"name": "TOKEN", "valueFrom": "a"}]}, {"secrets": [{"name": "TOKEN", "valueFrom": "a"}]}),
        ({"credentials": {"user": "a", "codes": [1, 2]}}, {"credentials": {"user": MASK, "codes": [MASK, MASK]}}),
        ([{"a": {"token": "x"}}], [{"a": {"token": MASK}}]),
        ("postgres://user:pw@host/db", f"postgres://user:{MASK}@host/db"),
        ("a=b-token=x&my-api_key-2=y", f"a=b-token={MASK}&my-api_key-2={MASK}"),
        (["--password=x", "--color=red"], [f"--password={MASK}", "--color=red"]),
        ("key AKIAIOSFODNN7EXAMPLE!", f"key {MASK}!"),
        ({"password": ""}, {"password": ""}),
        ({"name": "RANDOM_PASSWORD", "value": "yes"}, {"name": "RANDOM_PASSWORD", "value": "yes"}),
        ({"USE_TOKEN": "False", "TOKEN": "falsehood"}, {"USE_TOKEN": "False", "TOKEN": MASK}),
        ("MYSQL_RANDOM_ROOT_PASSWORD=yes PASSWORD=yesterday", f"MYSQL_RANDOM_ROOT_PASSWORD=yes PASSWORD={MASK}"),
        ("--set=db.password=a=b, x=1", f"--set=db.password={MASK}, x=1"),
        (7, 7),
    ],
)  # fmt: skip
def test_values_are_masked_where_they_are_named(data: Any, masked: Any) -> None:
    assert mask(data) == masked


@pytest.mark.parametrize("text", ["a" * 300_000, "password" * 40_000, "password=" * 30_000, "://a:" * 60_000])
def test_a_long_text_is_masked_in_linear_time(text: str) -> None:
    """The square of the length would take minutes."""
    assert len(mask(text)) <= len(text)


def test_what_is_masked_is_a_copy() -> None:
    data = {"password": "x"}
    mask(data)
    assert data == {"password": "x"}


@pytest.mark.parametrize("text", ["x" * 200_000, "password-" * 20_000, "a://" * 50_000, "token=" * 30_000])
def test_a_long_text_is_read_once(text: str) -> None:
    began = time.process_time()
    mask(text)
    assert time.process_time() - began < 5  # a quadratic search would take an hour
