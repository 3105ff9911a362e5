"""Saves the whole simulated AWS in one file, so that a demo survives a restart.

moto cannot save its state: its backends are pickled, and what cannot be pickled (locks, one local function, a dict with
an unusual constructor, weak references) is rebuilt. Only a file that this program wrote is read.
"""

from __future__ import annotations

import copyreg
import pickle
import sys
import threading
from collections import defaultdict
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from moto.backends import get_backend
from moto.core.base_backend import BackendDict

from ecsdash.sandbox.moto.models.parameters import SandboxParameters

if TYPE_CHECKING:
    from ecsdash.sandbox.world import World

FORMAT = 7


class _Pickler(pickle.Pickler):
    def __init__(self, file: BytesIO) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.dispatch_table = {
            **copyreg.dispatch_table,
            type(threading.Lock()): _reduce_lock,
            type(threading.RLock()): _reduce_lock,
            SandboxParameters: _reduce_parameters,
            defaultdict: _reduce_defaultdict,
            WeakValueDictionary: _reduce_weak_values,
        }


def _reduce_lock(lock: object) -> Any:
    return threading.RLock, ()


def _reduce_parameters(value: SandboxParameters) -> Any:
    return _parameters, (value.account_id, value.region_name, vars(value), dict(value))


def _reduce_defaultdict(value: defaultdict[Any, Any]) -> Any:
    """A local function as the factory cannot be pickled; moto's only one makes the tags of a parameter."""
    if getattr(value.default_factory, "__name__", "") == "<lambda>":
        return _nested_tags, (dict(value),)
    return value.__reduce__()


def _reduce_weak_values(value: WeakValueDictionary[Any, Any]) -> Any:
    """moto finds its Lambda functions in one too, by their ARNs."""
    return WeakValueDictionary, (dict(value),)


def _parameters(account: str, region: str, attributes: dict[str, Any], items: dict[str, Any]) -> SandboxParameters:
    parameters = SandboxParameters(account, region)
    vars(parameters).update(attributes)
    parameters.update(items)
    return parameters


def _tags() -> defaultdict[str, dict[str, str]]:
    return defaultdict(dict)


def _nested_tags(items: dict[str, Any]) -> defaultdict[str, Any]:
    return defaultdict(_tags, items)


def save_state(world: World, path: Path) -> None:
    """Replace the file as a whole. The caller prevents changes meanwhile."""
    content = dump_state(world)
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(content)
    beside.replace(path)


def dump_state(world: World) -> bytes:
    """Return the state as `load_state` reads it. The caller prevents changes meanwhile."""
    return _dumps(_collect(world))


def load_state(content: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = pickle.loads(content)  # noqa: S301 our own state
    return loaded


def read_state(path: Path | None) -> dict[str, Any] | None:
    """Return what `save_state` wrote. A file of another version is renamed, so that it is not overwritten."""
    if path is None or not path.exists():
        return None
    try:
        saved = load_state(path.read_bytes())
    except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, TypeError, ValueError):
        saved = {}
    if saved.get("format") == FORMAT:
        return saved
    renamed = path.replace(path.with_name(path.name + ".unreadable"))
    sys.stderr.write(f"{path} was written by another version and cannot be read; renamed it to {renamed.name}\n")
    return None


def restore_state(world: World, saved: dict[str, Any]) -> None:
    """Timers are postponed by the time for which the simulated AWS was stopped."""
    plane = saved["plane"]
    pause = max(0.0, world.clock.now() - saved["now"])
    plane["timers"] = [[at + pause, *rest] for at, *rest in plane["timers"]]
    with world.lock:
        world.plane.load(plane)
        world.aws.names.update(saved["names"])
        world.registration.registered |= saved["registered"]
        world.middleware.cloudtrail.kept.update(saved["cloudtrail"])
        world.scaler.history = saved["scaling"]
        for name, fault in saved["faults"].items():
            world.faults.switch_on(name, fault)
        for service, account, region, backend in saved["moto"]:
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
        "names": dict(world.aws.names),
        "registered": world.registration.registered,
        "cloudtrail": world.middleware.cloudtrail.kept,
        "scaling": world.scaler.history,
        "faults": world.faults.active,
        "moto": backends,
    }


def _dumps(value: Any) -> bytes:
    buffer = BytesIO()
    _Pickler(buffer).dump(value)
    return buffer.getvalue()
