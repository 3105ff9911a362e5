"""Hostile texts (markup, scripts, control characters) in every text of the inventory that comes from AWS."""

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
HOSTILE_TEXTS = [f"hostile-{number} {text}" for number, text in enumerate([*_MARKUP, *_OTHERS])]
#: Members and columns with identifiers and fixed values, which AWS itself sets.
_FIXED = re.compile(r"(arns?|status|state|at|id|ids|type|mode|compatibilities|strategy|cpu|memory|definition)$", re.I)
_KEPT_COLUMNS = re.compile(r"^(arn|name|.*_arn|cluster_name|service_name|family|task_definition|deployments_seen)$")
_LONG_ENOUGH = 200


def fill_with_hostile_texts() -> None:
    """Put hostile texts into the description, tags and free-text columns of every row."""
    texts = cycle(HOSTILE_TEXTS)
    for model in apps.get_models():
        if issubclass(model, Resource):
            for row in model._default_manager.all():
                _fill_row(row, texts)
    SweepState.objects.update(error_code="AccessDenied", error=HOSTILE_TEXTS[0])
    for service in Service.objects.all():
        events = [ServiceEvent(service=service, event_id=f"h{n}", created_at=timezone.now(), message=word)
                  for n, word in enumerate(HOSTILE_TEXTS)]  # fmt: skip
        ServiceEvent.objects.bulk_create(events)
    for task in Task.objects.all():
        lines = [{"at": 1_700_000_000_000 + number, "message": word} for number, word in enumerate(HOSTILE_TEXTS)]
        for container in task.description.get("containers", []):
            TaskLog.objects.create(task=task, container=container["name"][:255], lines=lines, fetched_at=timezone.now())


def _fill_row(row: Any, texts: Iterator[str]) -> None:
    row.description = with_hostile_texts(row.description, texts)
    row.tags = {word: next(texts) for word in HOSTILE_TEXTS}
    for column in _free_text_columns(row):
        present = str(getattr(row, column.attname))
        setattr(row, column.attname, f"{present}{next(texts)}"[: column.max_length])
    row.save()


def _free_text_columns(row: Model) -> list[Any]:
    columns = [each for each in row._meta.fields if isinstance(each, CharField | TextField)]
    return [
        each
        for each in columns
        if not _KEPT_COLUMNS.match(each.name)
        and not _FIXED.search(each.name)
        and (each.max_length or _LONG_ENOUGH) >= _LONG_ENOUGH
    ]


def with_hostile_texts(value: Any, texts: Iterator[str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: with_hostile_texts(each, texts, name) for name, each in value.items()}
    if isinstance(value, list):
        return [with_hostile_texts(each, texts, key) for each in value]
    if isinstance(value, str) and not _FIXED.search(key):
        return f"{value}{next(texts)}"
    return value
