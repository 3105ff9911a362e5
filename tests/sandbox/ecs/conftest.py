import pytest

from tests.sandbox.ecs.stage import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()
