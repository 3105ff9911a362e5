"""Words that try to be more than words, and how they get into everything that AWS tells."""

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from django.apps import apps
from django.db.models import CharField, Model, TextField
from django.utils import timezone

from ecsdash.inventory.models import Resource, SweepState
from services.models import Service, ServiceEvent, Task, TaskLog

_MARK = "data-hostile"
_ALARM = "window.hostile=1"
_MARKUP = [
    f"<script {_MARK}>{_ALARM}</script>",
    f"</script><script {_MARK}>{_ALARM}</script>",
    f"</textarea><script {_MARK}>{_ALARM}</script>",
    f"</title><script {_MARK}>{_ALARM}</script>",
    f"</style><img {_MARK} src=x onerror={_ALARM}>",
    f"<img {_MARK} src=x onerror={_ALARM}>",
    f'"><img {_MARK} src=x onerror={_ALARM}>',
    f"'><img {_MARK} src=x onerror={_ALARM}>",
    f"`><img {_MARK} src=x onerror={_ALARM}>",
    f"<svg {_MARK} onload={_ALARM}>",
    f"<svg><script {_MARK}>{_ALARM}</script></svg>",
    f"<math><mi {_MARK} xlink:href=javascript:{_ALARM}>",
    f'<a {_MARK} href="javascript:{_ALARM}">here</a>',
    f"<iframe {_MARK} srcdoc='<script>parent.{_ALARM}</script>'></iframe>",
    f"<object {_MARK} data=javascript:{_ALARM}></object>",
    f"<form {_MARK} action=/operations/><button>Sign in</button></form>",
    f"<input {_MARK} autofocus onfocus={_ALARM}>",
    f"<details {_MARK} open ontoggle={_ALARM}>",
    f"<body {_MARK} onpageshow={_ALARM}>",
    f"<base {_MARK} href=/elsewhere/>",
    f"<meta {_MARK} http-equiv=refresh content=0;url=/elsewhere/>",
    f"<link {_MARK} rel=stylesheet href=/elsewhere.css>",
    f"<style {_MARK}>*{{display:none}}</style>",
    f"<div {_MARK} hx-get=/elsewhere/ hx-trigger=load></div>",
    f"<div {_MARK} hx-on:load={_ALARM}></div>",
    f"<!--><img {_MARK} src=x onerror={_ALARM}>-->",
    f"<![CDATA[<img {_MARK} src=x onerror={_ALARM}>]]>",
    f"&lt;img {_MARK} src=x onerror={_ALARM}&gt;",
    f"\\u003cimg {_MARK} src=x onerror={_ALARM}\\u003e",
]
_OTHERS = [
    f'" onmouseover="{_ALARM}" x="',
    f"' autofocus onfocus='{_ALARM}",
    f"javascript:{_ALARM}",
    "{{ request.user.password }}{% debug %}{# gone #}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "%s %(name)s {0} {name}",
    "'; DROP TABLE services; --",
    "\u202eright to left \u2067and back\u2069",
    "line\nbreak\ttab\u2028separator",
    '=HYPERLINK("/elsewhere/")',
    "long" * 120,
]
WORDS = [f"hostile-{number} {word}" for number, word in enumerate([*_MARKUP, *_OTHERS])]
#: Members and columns on whose value the product acts; AWS gives them one of a fixed set, or makes them itself.
_ACTED_ON = re.compile(
    r"(arns?|status|state|at|id|ids|type|mode|compatibilities|strategy|cpu|memory|definition)$", re.I
)
_KEPT_COLUMNS = re.compile(r"^(arn|name|.*_arn|cluster_name|service_name|family|task_definition|deployments_seen)$")
_LONG_ENOUGH = 200


def soil_inventory() -> None:
    """Every row gets hostile words in its description, its tags and its columns of free text."""
    following = cycle(WORDS)
    for model in apps.get_models():
        if issubclass(model, Resource):
            for row in model._default_manager.all():
                _soil_row(row, following)
    SweepState.objects.update(error_code="AccessDenied", error=WORDS[0])
    for service in Service.objects.all():
        events = [ServiceEvent(service=service, event_id=f"h{n}", created_at=timezone.now(), message=word)
                  for n, word in enumerate(WORDS)]  # fmt: skip
        ServiceEvent.objects.bulk_create(events)
    for task in Task.objects.all():
        lines = [{"at": 1_700_000_000_000 + number, "message": word} for number, word in enumerate(WORDS)]
        for container in task.description.get("containers", []):
            TaskLog.objects.create(task=task, container=container["name"][:255], lines=lines, fetched_at=timezone.now())


def _soil_row(row: Any, following: Iterator[str]) -> None:
    row.description = soiled(row.description, following)
    row.tags = {word: next(following) for word in WORDS}
    for column in _free_text(row):
        present = str(getattr(row, column.attname))
        setattr(row, column.attname, f"{present}{next(following)}"[: column.max_length])
    row.save()


def _free_text(row: Model) -> list[Any]:
    columns = [each for each in row._meta.fields if isinstance(each, CharField | TextField)]
    return [
        each
        for each in columns
        if not _KEPT_COLUMNS.match(each.name)
        and not _ACTED_ON.search(each.name)
        and (each.max_length or _LONG_ENOUGH) >= _LONG_ENOUGH
    ]


def soiled(value: Any, following: Iterator[str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: soiled(each, following, name) for name, each in value.items()}
    if isinstance(value, list):
        return [soiled(each, following, key) for each in value]
    if isinstance(value, str) and not _ACTED_ON.search(key):
        return f"{value}{next(following)}"
    return value
