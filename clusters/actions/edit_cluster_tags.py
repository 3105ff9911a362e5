from collections.abc import Mapping
from typing import Any

from clusters.forms.tags import KeptTagFormSet, group_data, tag_list, tag_rows, tags_of
from clusters.models import Cluster
from clusters.planning.base import ClusterAction
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Danger, Effect, Observation, Plan, PlanError, Step, Undo, changes_between


class EditClusterTagsForm(ActionForm):
    groups = {"tags": KeptTagFormSet}


@register
class EditClusterTags(ClusterAction):
    name = "edit_cluster_tags"
    label = "Edit tags"
    danger = Danger.NONE
    path = "clusters/<str:cluster>/tags/edit/"
    icon = "tags"
    form_class = EditClusterTagsForm
    template = "clusters/edit_cluster_tags.html"
    watches = ("clusters",)
    calls = ("ecs.tag_resource", "ecs.untag_resource")

    def initial(self, context: ActionContext) -> dict[str, Any]:
        return {"tags": tag_rows(context.resource.shown_tags)}

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster: Cluster = context.resource
        before, after = _user_tags(cluster.tags), tags_of(data["tags"])
        changes = tuple(Change(f"tag {each.path}", each.before, each.after) for each in changes_between(before, after))
        if not changes:
            raise PlanError("The form has no changes. Change a tag, or cancel.")
        return Plan(
            summary=f"Edit the tags of the cluster {cluster.name}",
            resource_key=cluster.arn,
            resource_name=cluster.name,
            steps=_steps(cluster, before, after),
            changes=changes,
            observes=(
                Observation(
                    "cluster_state",
                    {"cluster": cluster.name},
                    {"tags": cluster.tags},
                    f"Cluster {cluster.name}",
                    _effects(cluster, before, after),
                ),
            ),
            undo=Undo(
                "edit_cluster_tags",
                "restore the previous tags",
                cluster.url_kwargs(),
                group_data("tags", tag_rows(before)),
            ),
            touches=("clusters",),
        )


def _steps(cluster: Cluster, before: dict[str, str], after: dict[str, str]) -> tuple[Step, ...]:
    removed = sorted(before.keys() - after.keys())
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    steps = []
    if removed:
        params: dict[str, Any] = {"resourceArn": cluster.arn, "tagKeys": removed}
        steps.append(Step("untag", f"Remove the tags {', '.join(removed)}", "ecs.untag_resource", params))
    if changed:
        params = {"resourceArn": cluster.arn, "tags": tag_list(changed)}
        steps.append(Step("tag", f"Set the tags {', '.join(sorted(changed))}", "ecs.tag_resource", params))
    return tuple(steps)


def _effects(cluster: Cluster, before: dict[str, str], after: dict[str, str]) -> tuple[Effect, ...]:
    """Return what the steps `untag` and `tag` bring about, one after the other."""
    kept = {key: value for key, value in cluster.tags.items() if key in after or key not in before}
    return Effect("untag", {"tags": kept}), Effect("tag", {"tags": {**kept, **after}})


def _user_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags without those of AWS (aws:...), which only AWS may change."""
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}
