"""Typed readers of environment variables. A missing or invalid value raises SettingError with the variable's name."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

import environ

PREFIX: Final = "ECSDASH_"
TRUE: Final = {"1", "true", "yes", "on"}
FALSE: Final = {"0", "false", "no", "off"}
LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


#: Parts of secrets that stand in examples and templates, not in secrets.
PLACEHOLDERS: Final = ("change-me", "changeme", "django-insecure")


class SettingError(SystemExit):
    """A variable is missing or invalid: the process ends with the message, which names it and the accepted values."""


def _raw(name: str) -> str:
    return os.environ.get(PREFIX + name, "").strip()


def text(name: str, default: str | None = None) -> str:
    value = _raw(name)
    if value:
        return value
    if default is None:
        raise SettingError(f"{PREFIX}{name} is not set and has no default; see the configuration table in the README")
    return default


def secret(name: str, *, length: int) -> str:
    """Return a secret that must be set. Raise SettingError when it is too short, repeated or an example."""
    value = text(name)
    weak = len(value) < length or len(set(value)) < 8 or any(word in value.lower() for word in PLACEHOLDERS)
    if weak:
        raise SettingError(
            f"{PREFIX}{name} is too easy to guess: it must be at least {length} random characters. Make one with: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return value


def hosts(name: str, default: list[str]) -> list[str]:
    """Return host names. Raise SettingError for a pattern that every host matches."""
    found = words(name, default)
    if any(host.strip(".") in ("", "*") for host in found):
        raise SettingError(f"{PREFIX}{name} must list the host names of this installation; it cannot be a wildcard")
    return found


def flag(name: str, default: bool) -> bool:
    value = _raw(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise SettingError(f"{PREFIX}{name} must be one of true or false, not {value!r}")
    return value in TRUE


def number(name: str, default: int, *, low: int, high: int) -> int:
    value = _raw(name)
    if not value:
        return default
    if not value.lstrip("-").isdigit() or not low <= int(value) <= high:
        raise SettingError(f"{PREFIX}{name} must be a whole number from {low} to {high}, not {value!r}")
    return int(value)


def words(name: str, default: list[str]) -> list[str]:
    """Return a list of comma-separated values."""
    value = _raw(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else default


def networks(name: str, default: list[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return a list of comma-separated IP addresses and networks."""
    try:
        return tuple(ip_network(word) for word in words(name, default))
    except ValueError:
        raise SettingError(f"{PREFIX}{name} must be a list of IP addresses or networks such as 10.0.0.0/8") from None


def url(name: str, default: str, *, schemes: tuple[str, ...]) -> str:
    value = text(name, default)
    if value and urlsplit(value).scheme not in schemes:
        raise SettingError(f"{PREFIX}{name} must be a URL that begins with one of: {', '.join(schemes)}")
    return value


def server(name: str) -> str:
    """Return the address of a server that is asked who somebody is: HTTPS, or plain HTTP on this machine. May be
    empty."""
    value = url(name, "", schemes=("https", "http"))
    parts = urlsplit(value)
    if value and not parts.hostname:
        raise SettingError(f"{PREFIX}{name} must be a URL with a host name")
    if parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
        raise SettingError(f"{PREFIX}{name} must begin with https://")
    return value.rstrip("/")


def origins(address: str) -> list[str]:
    """Return the origin of an address in a list, an empty list for none."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if address else []


def demo_is_here(allowed_hosts: list[str], *, https: bool) -> None:
    """Raise SettingError where others than this machine could sign in by the links of the demo."""
    foreign = sorted(set(allowed_hosts) - LOCAL_HOSTS)
    if https or foreign:
        why = f"{PREFIX}ALLOWED_HOSTS names {', '.join(foreign)}" if foreign else f"{PREFIX}HTTPS is true"
        raise SettingError(f"{PREFIX}DEMO makes one-time sign-in links and is for this machine only, but {why}")


def database(name: str, default: str) -> dict[str, Any]:
    value = url(name, default, schemes=("postgres", "postgresql", "sqlite"))
    return parse_database(value)


def parse_database(value: str) -> dict[str, Any]:
    """Return the parts of a database URL as Django's DATABASES has them; empty for an empty one."""
    config: dict[str, Any] = environ.Env.db_url_config(value) if value else {}  # type: ignore[no-untyped-call]
    return config
