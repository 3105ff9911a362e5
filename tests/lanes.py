"""How a parallel run deals out the tests: one by one, but those that share a costly thing go to one process."""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import environment

#: They have products of their own, or none: each file may go to any process.
OF_THEIR_OWN = {"test_same_history.py", "test_web_kit.py"}


class Lanes(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        if file.is_relative_to("tests/browser"):
            return file.name if file.name in OF_THEIR_OWN else "the live product"
        return file.name if file.name == "test_setup_demo.py" else nodeid


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first in a parallel run: no process begins one of them when the others have nothing left to do."""
    if environment.XDIST:
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """All tests on the live product go to one process and take longer together than any other group."""
    if item.get_closest_marker("browser") and item.path.name not in OF_THEIR_OWN:
        return 0
    return 1 if item.get_closest_marker("slow") else 2


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    return Lanes(config, log)
