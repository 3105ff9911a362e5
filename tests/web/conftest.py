import pytest
from pytest_django import Settings

from tests.web.serving import serve_guide


@pytest.fixture
def guide(settings: Settings) -> None:
    serve_guide(settings)
