import pytest

from tests.clients.conftest import Clients

pytestmark = pytest.mark.slow
ENTER = "\r"


def test_lazy_ecs_navigates_from_the_cluster_to_the_service(shop: Clients) -> None:
    with shop.terminal("lazy-ecs") as screen:
        screen.until("Select an ECS cluster:")
        assert "shop" in screen.until("Exit (q)")
        screen.type(ENTER)
        screen.until("Select action for cluster 'shop':")
        screen.until("Exit (q)")
        screen.type(ENTER)
        screen.until("Select a service")
        assert "web" in screen.until("Exit (q)")
