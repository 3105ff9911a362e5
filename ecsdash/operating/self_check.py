"""What the self-check page shows: readiness, versions, clocks, queues, configuration, retention. No secret is shown."""

import platform
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import django
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.template.defaultfilters import filesizeformat
from redis.exceptions import RedisError

from ecsdash.inventory import retention
from ecsdash.web import clock, health, heartbeats
from ecsdash.web.polling import pubsub
from ecsdash.web.tone import Tone

MOST_JOBS: Final = 100


@dataclass(frozen=True)
class Line:
    label: str
    word: str
    tone: Tone
    detail: str = ""


@dataclass(frozen=True)
class Kept:
    """How long rows of one kind are kept, and how many are kept longer than that: more than a few say that no job
    deletes them."""

    names: str
    setting: str
    days: int
    overdue: int


@dataclass(frozen=True)
class Section:
    title: str
    lines: list[Line]


def sections() -> list[Section]:
    """Return all sections but retention. What cannot be read is a line that says so."""
    sources: dict[str, Callable[[], Iterable[Line]]] = {
        "Readiness": _readiness,
        "Processes": _processes,
        "Versions": _versions,
        "Clocks": _clocks,
        "Queues": _queues,
        "Configuration": _configuration,
    }
    return [Section(title, list(_readable(source))) for title, source in sources.items()]


def kept() -> list[Kept]:
    """Return how long rows are kept, those with the same setting together."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    overdue: defaultdict[str, int] = defaultdict(int)
    for rule in retention.rules():
        names[rule.setting].add(_plural(str(rule.model._meta.verbose_name)))
        overdue[rule.setting] += rule.old().count()
    return [
        Kept(", ".join(sorted(names[each])), f"ECSDASH_{each}", getattr(settings, each), overdue[each])
        for each in sorted(names)
    ]


def _plural(noun: str) -> str:
    return f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"


def _readable(source: Callable[[], Iterable[Line]]) -> Iterator[Line]:
    try:
        yield from source()
    except (DatabaseError, RedisError, OSError):
        yield Line("Not available", "Failed", Tone.BAD, "The database or Redis does not answer.")


def _readiness() -> Iterator[Line]:
    for name, result in health.report().items():
        label = "AWS" if name == "aws" else name.capitalize()
        if result.ok:
            yield Line(label, "Ready", Tone.OK, result.detail.removeprefix("ok"))
        else:
            yield Line(label, "Not ready", Tone.BAD, result.detail)
    for name, text in health.warnings().items():
        yield Line(name.replace("_", " ").capitalize(), "Warning", Tone.WARN, text)


def _processes() -> Iterator[Line]:
    for each in heartbeats.processes():
        word, tone = ("Alive", Tone.OK) if each.alive else ("Silent", Tone.BAD)
        since = f"last heartbeat {each.age:.0f} s ago, the first {each.running:.0f} s ago"
        yield Line(str(each), word, tone, f"{since}; its clock is {_signed(each.ahead)} from the database's")


def _versions() -> Iterator[Line]:
    with connection.cursor() as cursor:
        version = connection.get_database_version()
        cursor.execute("SELECT 1")
    yield Line("Database", connection.display_name, Tone.IDLE, ".".join(map(str, version)))
    yield Line("Django", django.get_version(), Tone.IDLE)
    yield Line("Python", platform.python_version(), Tone.IDLE)
    loader = MigrationLoader(connection)
    pending = sorted(set(loader.graph.nodes) - set(loader.applied_migrations))
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations) - set(loader.graph.nodes))
    yield _migrations(pending, unknown)


def _migrations(pending: list[tuple[str, str]], unknown: list[tuple[str, str]]) -> Line:
    if pending:
        names = ", ".join(f"{app}.{name}" for app, name in pending)
        return Line("Migrations", "Pending", Tone.BAD, f"{names}. Run manage.py setup_database.")
    if unknown:
        names = ", ".join(f"{app}.{name}" for app, name in unknown)
        return Line("Migrations", "Newer", Tone.WARN, f"Applied by a newer version: {names}.")
    return Line("Migrations", "Applied", Tone.OK)


def _clocks() -> Iterator[Line]:
    yield _clock("Database", -clock.ahead())
    seconds, microseconds = pubsub.connect().time()
    yield _clock("Redis", seconds + microseconds / 1e6 - datetime.now(UTC).timestamp())


def _clock(name: str, difference: float) -> Line:
    right = abs(difference) <= health.CLOCK_SECONDS
    detail = f"{_signed(difference)} from this web process"
    return Line(name, "Same time" if right else "Differs", Tone.OK if right else Tone.BAD, detail)


def _signed(seconds: float) -> str:
    return f"{round(seconds, 1) or 0.0:+.1f} s"


def _queues() -> Iterator[Line]:
    redis = pubsub.connect()
    for name in current_app.amqp.queues:
        length = int(redis.llen(name))
        yield Line(name, f"{length} jobs", Tone.WARN if length > MOST_JOBS else Tone.OK)
    memory = redis.info("memory")
    most = f"of {filesizeformat(memory['maxmemory'])}" if memory.get("maxmemory") else "no limit"
    yield Line("Memory of Redis", filesizeformat(memory["used_memory"]), Tone.IDLE, most)


def _configuration() -> Iterator[Line]:
    yield _switch("HTTPS", settings.HTTPS, "ECSDASH_HTTPS")
    proxies = ", ".join(map(str, settings.TRUSTED_PROXIES))
    yield Line("Proxies", proxies or "None", Tone.IDLE, "X-Forwarded-For is read from these only.")
    yield _switch("Token for metrics", bool(settings.METRICS_TOKEN), "ECSDASH_METRICS_TOKEN")
    yield _switch("Checkpoints outside the database", bool(settings.AUDIT_CHECKPOINTS), "ECSDASH_AUDIT_CHECKPOINTS")
    yield _switch("Own audit keys", bool(settings.AUDIT_KEYS), "ECSDASH_AUDIT_KEYS")
    yield _switch("Own encryption keys", settings.ENCRYPTION_KEYS != [settings.SECRET_KEY], "ECSDASH_ENCRYPTION_KEYS")
    yield Line("Demo", "On" if settings.DEMO else "Off", Tone.WARN if settings.DEMO else Tone.OK, "ECSDASH_DEMO")


def _switch(label: str, on: bool, variable: str) -> Line:
    return Line(label, "Set" if on else "Not set", Tone.OK if on else Tone.WARN, variable)
