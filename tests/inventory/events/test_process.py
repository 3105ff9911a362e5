"""`manage.py events` as compose runs it."""

import pytest
from django.db import connection
from support import product
from support.environment import clean
from support.processes import Family

from ecsdash.web import heartbeats
from services.models import Task
from tests import environment
from tests.inventory.events.conftest import Feed, event
from tests.inventory.events.test_intake import TASK, detail
from tests.processes import product_settings, until


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_it_stores_what_arrives_gives_signs_of_life_and_ends_when_told(family: Family, feed: Feed) -> None:
    settings = product_settings(
        str(connection.settings_dict["NAME"]), environment.REDIS_URL, feed.world.sandbox, OPERATION_LEASE_SECONDS="3"
    )
    child = family.start("events", product.events(), clean(settings), cwd=product.ROOT)
    try:
        feed.send("poison", event(TASK, detail(1)))
        until(lambda: Task.objects.filter(name="t1").exists())
        assert [each.pid for each in heartbeats.processes("events")] == [child.pid]
        assert feed.progress.dead == 1
        child.terminate()
        assert child.wait(timeout=7) == 0
        assert heartbeats.processes("events") == []
    finally:
        family.stop("events")
