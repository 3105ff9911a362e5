"""Keeps the whole simulated AWS in one file, so that a demo survives its restart.

moto has no form of its own for that: its backends are pickled, and what cannot be (locks, one local function, a dict
with an unusual constructor) is rebuilt. Only a file that this program wrote is ever read.
"""

from __future__ import annotations

import copyreg
import pickle
import threading
from collections import defaultdict
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.backends import get_backend
from moto.core.base_backend import BackendDict

from ecsdash.sandbox.moto.models.parameters import SandboxParameters

if TYPE_CHECKING:
    from ecsdash.sandbox.world import World

FORMAT = 6


class _Pickler(pickle.Pickler):
    def __init__(self, file: BytesIO) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.dispatch_table = {
            **copyreg.dispatch_table,
            type(threading.Lock()): _reduce_lock,
            type(threading.RLock()): _reduce_lock,
            SandboxParameters: _reduce_parameters,
            defaultdict: _reduce_defaultdict,
        }


def _reduce_lock(lock: object) -> Any:
    return threading.RLock, ()


def _reduce_parameters(value: SandboxParameters) -> Any:
    return _parameters, (value.account_id, value.region_name, vars(value), dict(value))


def _reduce_defaultdict(value: defaultdict[Any, Any]) -> Any:
    """A local function as the factory cannot be written down; moto's only one makes the tags of a parameter."""
    if getattr(value.default_factory, "__name__", "") == "<lambda>":
        return _nested_tags, (dict(value),)
    return value.__reduce__()


def _parameters(account: str, region: str, attributes: dict[str, Any], items: dict[str, Any]) -> SandboxParameters:
    parameters = SandboxParameters(account, region)
    vars(parameters).update(attributes)
    parameters.update(items)
    return parameters


def _tags() -> defaultdict[str, dict[str, str]]:
    return defaultdict(dict)


def _nested_tags(items: dict[str, Any]) -> defaultdict[str, Any]:
    return defaultdict(_tags, items)


def save(world: World, path: Path) -> None:
    """The file is replaced whole or not at all. The caller sees to it that nothing changes meanwhile."""
    content = _dumps(_collect(world))
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(content)
    beside.replace(path)


def read(path: Path | None) -> dict[str, Any] | None:
    """What `save` wrote, if there is something and this version of the program can read it."""
    if path is None or not path.exists():
        return None
    try:
        kept: dict[str, Any] = pickle.loads(path.read_bytes())  # noqa: S301 our own file
    except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, TypeError, ValueError):
        return None
    return kept if kept.get("format") == FORMAT else None


def restore(world: World, kept: dict[str, Any]) -> None:
    """What was due while nobody simulated is put off by that long."""
    plane = kept["plane"]
    pause = max(0.0, world.clock.now() - kept["now"])
    plane["agenda"] = [[at + pause, *rest] for at, *rest in plane["agenda"]]
    with world.lock:
        world.plane.load(plane)
        world.links.names.update(kept["names"])
        world.fleet.registered |= kept["registered"]
        world.gate.trail.kept.update(kept["trail"])
        world.scaler.memory = kept["scaling"]
        for name, condition in kept["weather"].items():
            world.sky.switch_on(name, condition)
        for service, account, region, backend in kept["moto"]:
            get_backend(service)[account][region] = backend


def _collect(world: World) -> dict[str, Any]:
    backends = [
        (each.service_name, account, region, backend)
        for each in BackendDict._instances  # type: ignore[misc]
        for account, region, backend in each.iter_backends()
    ]
    return {
        "format": FORMAT,
        "now": world.clock.now(),
        "plane": world.plane.dump(),
        "names": dict(world.links.names),
        "registered": world.fleet.registered,
        "trail": world.gate.trail.kept,
        "scaling": world.scaler.memory,
        "weather": world.sky.conditions,
        "moto": backends,
    }


def _dumps(value: Any) -> bytes:
    buffer = BytesIO()
    _Pickler(buffer).dump(value)
    return buffer.getvalue()
