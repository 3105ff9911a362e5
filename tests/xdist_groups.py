"""Scheduling of parallel test runs: single tests, except those that share an expensive fixture, which stay together."""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests import environment

#: Files that do not use the shared product: each can run in any process.
INDEPENDENT = {"test_same_history.py", "test_web_kit.py"}
#: Files whose own fixtures start or copy a whole installation, or fill an inventory for all of their tests. Otherwise
#: each process of the run would prepare it again.
EXPENSIVE = {
    "test_setup_demo.py", "test_deployment_files.py", "test_faults.py", "test_database_roles.py", "test_url_matrix.py",
    "test_hostile_input.py", "test_single_sign_on.py",
}  # fmt: skip


class SharedFixtureScheduling(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        if file.is_relative_to("tests/browser"):
            return file.name if file.name in INDEPENDENT else "the live product"
        return file.name if file.name in EXPENSIVE else nodeid

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """Forget groups that are complete: they would be counted again after each test."""
        super().mark_test_complete(node, item_index, duration)
        work = self.assigned_work[node]
        group = self._split_scope(self.registered_collections[node][item_index])
        if all(work[group].values()):
            del work[group]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run slow tests first in a parallel run, so that none of them runs alone at the end."""
    if environment.XDIST:
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """All tests on the live product go to one process and take longer together than any other group; the longest of
    the others are in a browser too."""
    if item.get_closest_marker("browser"):
        return 1 if item.path.name in INDEPENDENT else 0
    return 2 if item.get_closest_marker("slow") or item.path.name in EXPENSIVE else 3


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharedFixtureScheduling:
    return SharedFixtureScheduling(config, log)
