from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from ecsdash.audit import checkpoints
from ecsdash.audit.record import record
from ecsdash.audit.sinks import delivery
from ecsdash.bench import tampering


@pytest.fixture
def outside(settings: Settings, tmp_path: Path) -> Path:
    """The folder outside the database that has the checkpoints."""
    settings.AUDIT_KEYS = ["k2:a key of the tests", "k1:an older key"]
    settings.AUDIT_CHECKPOINTS = [(tmp_path / "outside").as_uri()]
    return tmp_path / "outside"


@pytest.fixture
def checkpoint() -> Callable[[], None]:
    """Take a checkpoint and send it outside the database, as the job does."""

    def take() -> None:
        assert checkpoints.take()
        delivery.deliver_all()

    return take


@pytest.fixture
def chain(db: None, outside: Path, checkpoint: Callable[[], None]) -> list[str]:
    """The hashes of thirty events, with checkpoints after 15 and after 30, whose tables belong to the test."""
    hashes = []
    for number in range(1, 31):
        hashes.append(record(actor=None, action=f"action_{number}").hash)
        if number in (15, 30):
            checkpoint()
    tampering.own_the_tables()
    return hashes
