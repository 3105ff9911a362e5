"""Faster versions of moto's functions: results are cached, and needless objects and copies are avoided."""

from functools import cache
from typing import Any

import moto.core.responses as responses
import moto.core.utils as utils
import moto.ec2.utils as ec2
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.events.models import EventPattern
from moto.moto_api._internal import mock_random

_made_or_found = BackendDict.__getitem__
_generate_regions = AccountSpecificBackend._generate_regions.__wrapped__
_regions: dict[str, list[str]] = {}
_loader = cache(utils.create_loader)  # type: ignore[attr-defined]
_method_names = cache(utils.method_names_from_class)


def install() -> None:
    AccountSpecificBackend._generate_regions = _regions_of  # type: ignore[assignment, method-assign]
    BackendDict.__getitem__ = _of_account  # type: ignore[method-assign]
    EventPattern.matches_event = _matches  # type: ignore[assignment, method-assign]
    ec2.random_resource_id = _resource_id
    responses.method_names_from_class = _method_names  # type: ignore[attr-defined]
    utils.create_loader = _loader  # type: ignore[attr-defined]


def _regions_of(backend: AccountSpecificBackend[Any], service: str) -> list[str]:
    """The same for every account."""
    if service not in _regions:
        _regions[service] = _generate_regions(backend, service)
    return _regions[service]


def _of_account(backends: BackendDict[Any], account: str) -> Any:
    found = dict.get(backends, account)
    return _made_or_found(backends, account) if found is None else found


def _matches(pattern: EventPattern, event: Any) -> bool:
    wanted = pattern.get_pattern()
    return not wanted or pattern._does_event_match(pattern._flatten_dict(event), wanted)


def _resource_id(size: int = 8) -> str:
    return f"{mock_random.getrandbits(4 * size):0{size}x}"
