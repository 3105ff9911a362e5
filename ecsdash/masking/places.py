"""Which values of an ECS document are hidden: decided by their place in it, whatever their name.

A document is what ECS takes or returns (task definition, task, parameters of a call), or data that contains such.
A hidden value is a text, or a list of words such as a command, which is one value.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ecsdash.masking.fingerprints import fingerprint, is_fingerprint

#: Step of a path into an entry of a list, and any member of a mapping.
ENTRY, ANY = "[]", "*"
#: Members whose list of words is one hidden value: also in health checks and overrides.
COMMANDS: Final = frozenset({"command", "entryPoint"})
#: The ends of the paths of hidden values. The variables of containers and of their overrides have the same place.
HIDDEN: Final[tuple[tuple[str, ...], ...]] = (
    ("environment", ENTRY, "value"),
    ("dockerLabels", ANY),
    ("dockerVolumeConfiguration", "labels", ANY),
    ("dockerVolumeConfiguration", "driverOpts", ANY),
    ("logConfiguration", "options", ANY),
    ("firelensConfiguration", "options", ANY),
    ("HttpHeaderConfig", "Values", ENTRY),
    ("SecretString",),
    ("SecretBinary",),
    *((name, ENTRY) for name in sorted(COMMANDS)),
)
#: Options of log drivers that cannot hold a credential; all of awslogs are such.
READABLE_OPTIONS: Final = frozenset({
    "mode", "max-buffer-size", "max-size", "max-file", "tag", "compress", "Name", "region", "log_group_name",
    "log_stream_prefix", "log_stream_name", "auto_create_group", "delivery_stream", "stream", "splunk-index",
    "splunk-url", "splunk-source", "splunk-sourcetype", "splunk-format", "fluentd-async", "config-file-type",
    "config-file-value", "enable-ecs-log-metadata",
})  # fmt: skip
#: Segments of the path of a change ("containers.web.environment.STAGE") below which before and after are hidden.
_OPENING: Final = frozenset({"environment", "dockerLabels", "driverOpts", *COMMANDS})
#: First segment of a path below which every value is hidden.
_BELOW: Final = "!"
#: The placeholder of a plan whose parts may be values (ecsdash.operations.refs).
_JOIN: Final = "$join"
_NAMES: Final = ("name", "key")
Path = tuple[str, ...]


def hide(data: Any, path: Path = ()) -> Any:
    """Return a copy of the data with each hidden value replaced by its fingerprint. Empty values stay.

    A command becomes a list with its fingerprint as the only word: it keeps its type.
    """
    if is_placeholder(data):
        return {key: [hide(part, path) for part in parts] if key == _JOIN else parts for key, parts in data.items()}
    if _is_hidden(path, data):
        return _hidden_copy(data)
    if isinstance(data, Mapping):
        start = _path_of_change(data)
        return {key: hide(value, _path(path, str(key), start)) for key, value in data.items()}
    if _is_list(data):
        return [hide(item, (*path, ENTRY)) for item in data]
    return data


def hidden_values(data: Any, pointer: str = "", path: Path = ()) -> Iterator[tuple[str, Any]]:
    """Yield the JSON pointer and the value of each hidden value; list entries are addressed by name, else by number.

    >>> dict(hidden_values({"containerDefinitions": [{"name": "web", "command": ["a", "b"]}]}))
    {'/containerDefinitions/web/command': ['a', 'b']}
    """
    if _is_hidden(path, data):
        yield pointer, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from hidden_values(value, pointer + segment(str(key)), (*path, str(key)))
    elif _is_list(data):
        for number, item in enumerate(data):
            yield from _hidden_in_entry(item, number, pointer, (*path, ENTRY))


def _hidden_in_entry(item: Any, number: int, pointer: str, path: Path) -> Iterator[tuple[str, Any]]:
    name = next((str(item[key]) for key in _NAMES if item.get(key)), "") if isinstance(item, Mapping) else ""
    below = pointer + segment(name or str(number))
    for place, value in hidden_values(item, below, path):
        yield (below if path[-2:] == ("environment", ENTRY) else place), value


def pointer(*names: str) -> str:
    """Return the JSON pointer of these names: `pointer("containerDefinitions", "web")`."""
    return "".join(map(segment, names))


def segment(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _is_hidden(path: Path, value: Any) -> bool:
    if value in (None, "", [], {}) or not path or isinstance(value, Mapping):
        return False
    if path[0] == _BELOW:
        return True
    if path[-1] in COMMANDS:
        return _is_list(value) and not any(isinstance(word, Mapping) for word in value)
    if path[-2:-1] == ("options",) and (path[-1] in READABLE_OPTIONS or path[-1].startswith("awslogs-")):
        return False
    return any(_ends_with(path, end) for end in HIDDEN)


def _ends_with(path: Path, end: Path) -> bool:
    tail = path[-len(end) :]
    return len(tail) == len(end) and all(wanted in (ANY, part) for wanted, part in zip(end, tail, strict=True))


def _hidden_copy(value: Any) -> Any:
    if not _is_list(value):
        return fingerprint(value)
    return list(value) if len(value) == 1 and is_fingerprint(value[0]) else [fingerprint(list(value))]


def _path(path: Path, key: str, change: Path) -> Path:
    return change if change and key in ("before", "after") else (*path, key)


def _path_of_change(data: Mapping[Any, Any]) -> Path:
    """Return the path of the values of a change (`path`, `before`, `after`); empty for other data."""
    where = data.get("path")
    if not isinstance(where, str) or not {"before", "after"} & data.keys():
        return ()
    names = where.split(".")
    if names[0] != "tags" and any(name in _OPENING for name in names[1:]):
        return (_BELOW,)
    return tuple(names)


def is_placeholder(data: Any) -> bool:
    """Return whether the data is a placeholder of a plan: it names a result, and holds no value."""
    return isinstance(data, Mapping) and len(data) == 1 and str(next(iter(data))).startswith("$")


def _is_list(data: Any) -> bool:
    return isinstance(data, Sequence) and not isinstance(data, str | bytes)
