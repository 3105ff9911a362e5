"""Settings at the start: what is missing, wrong or dangerous ends the process with one line that names the variable."""

import json
from subprocess import run

import pytest
from support import product
from support.environment import clean

from ecsdash import env

RANDOM = "Zr3kq9XvT2mLw8PbN5cYh7JdF4sGa6UeRt1oIiKpQxVzBnM0aBcD"
SHOWN = """
import json
from django.conf import settings
names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_PATH",
         "SESSION_COOKIE_DOMAIN", "LOCAL_SIGN_IN")
found = {name: getattr(settings, name) for name in names}
print(json.dumps({**found, "form": settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]}))
"""


@pytest.mark.parametrize(
    ("reader", "value", "complaint"),
    [
        (lambda: env.secret("TRIED", length=50), "", "ECSDASH_TRIED is not set"),
        (lambda: env.secret("TRIED", length=50), RANDOM[:49], "ECSDASH_TRIED is too easy to guess"),
        (lambda: env.secret("TRIED", length=50), "ab" * 30, "too easy to guess"),
        (lambda: env.secret("TRIED", length=50), f"django-insecure-{RANDOM}", "too easy to guess"),
        (lambda: env.secret("TRIED", length=50), f"{RANDOM}change-me", "too easy to guess"),
        (lambda: env.hosts("TRIED", []), "*", "cannot be a wildcard"),
        (lambda: env.hosts("TRIED", []), "a.example,.", "cannot be a wildcard"),
        (lambda: env.server("TRIED"), "http://sso.example.com", "must begin with https://"),
        (lambda: env.server("TRIED"), "ftp://sso.example.com", "must be a URL that begins with"),
        (lambda: env.server("TRIED"), "https:///path", "with a host name"),
    ],
)
def test_a_dangerous_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, reader: object, value: str, complaint: str
) -> None:
    monkeypatch.setenv("ECSDASH_TRIED", value)
    with pytest.raises(env.SettingError, match=complaint):
        reader()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (lambda: env.secret("TRIED", length=50), RANDOM),
        (lambda: env.server("TRIED"), "https://sso.example.com/realms/one"),
        (lambda: env.server("TRIED"), "http://localhost:8080"),
        (lambda: env.server("TRIED"), ""),
    ],
)
def test_a_good_value_is_taken(monkeypatch: pytest.MonkeyPatch, reader: object, value: str) -> None:
    monkeypatch.setenv("ECSDASH_TRIED", value)
    assert reader() == value  # type: ignore[operator]


@pytest.mark.parametrize(
    ("hosts", "https", "complaint"),
    [(["localhost"], True, "HTTPS is true"), (["ecs.example.com", "localhost"], False, "names ecs.example.com")],
)
def test_the_demo_is_for_this_machine(hosts: list[str], https: bool, complaint: str) -> None:
    with pytest.raises(env.SettingError, match=complaint):
        env.demo_is_here(hosts, https=https)
    env.demo_is_here(["localhost", "127.0.0.1"], https=False)


def started(**settings: str) -> tuple[str, str]:
    """Return what a process with these settings prints, and its errors."""
    variables = clean({"SECRET_KEY": RANDOM, "DATABASE_URL": "sqlite:///:memory:", **settings})
    command = product.manage("shell", "--verbosity", "0", "--command", SHOWN)
    done = run(command, env=variables, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr


def test_a_process_ends_with_one_line() -> None:
    printed, errors = started(LOCAL_SIGN_IN="false")
    assert printed == ""
    assert errors.strip().splitlines() == [
        "ECSDASH_LOCAL_SIGN_IN is false and ECSDASH_OIDC_SERVER is not set: nobody could sign in"
    ]


def test_with_https_cookies_belong_to_this_host_alone() -> None:
    printed, errors = started(
        OIDC_SERVER="https://sso.example.com/realms/one", OIDC_CLIENT_ID="ecsdash", OIDC_CLIENT_SECRET="x",
        LOCAL_SIGN_IN="false",
    )  # fmt: skip
    assert json.loads(printed) == {
        "SESSION_COOKIE_NAME": "__Host-sessionid", "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_PATH": "/", "SESSION_COOKIE_DOMAIN": None,
        "LOCAL_SIGN_IN": False, "form": ["'self'", "https://sso.example.com"],
    }, errors  # fmt: skip
