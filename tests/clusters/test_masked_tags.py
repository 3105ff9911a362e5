"""A tag whose key looks like a secret is shown masked, and the form does not change it."""

from clusters.forms.tags import group_data, tag_rows
from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.masking import MASK
from tests.clusters.world import World, calls


def test_a_masked_tag_keeps_its_value(world: World, operator: User) -> None:
    tags = {"api-token": "abc-123", "team": "shop"}
    cluster = world.row(Cluster, "shop", status="ACTIVE", tags=tags)
    assert cluster.shown_tags == {"api-token": MASK, "team": "shop"}
    form = group_data("tags", tag_rows({**cluster.shown_tags, "team": "store"}))
    plan = world.review("edit_cluster_tags", operator, form, cluster="shop")
    assert calls(plan) == ["ecs.tag_resource"]
    assert plan.steps[0].params["tags"] == [{"key": "team", "value": "store"}]
