"""Distribution of tests over processes: one by one, except for groups that share an expensive fixture."""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import environment

#: Browser tests that do not use the shared product: each file may run in any process.
WITHOUT_SHARED_PRODUCT = {"test_same_history.py", "test_web_kit.py"}


class GroupScheduling(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        if file.is_relative_to("tests/browser"):
            return file.name if file.name in WITHOUT_SHARED_PRODUCT else "the live product"
        return file.name if file.name == "test_setup_demo.py" else nodeid


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run long tests first, so that no process starts one when the others have finished."""
    if environment.XDIST:
        items.sort(key=_priority)


def _priority(item: pytest.Item) -> int:
    """Return the position in the run: first the tests with the shared product, the longest group; then slow tests."""
    if item.get_closest_marker("browser") and item.path.name not in WITHOUT_SHARED_PRODUCT:
        return 0
    return 1 if item.get_closest_marker("slow") else 2


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> GroupScheduling:
    return GroupScheduling(config, log)
