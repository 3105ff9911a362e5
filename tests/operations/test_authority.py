"""The runner asks before every call whether the person may still make it, and the confirmation about all calls."""

from collections.abc import Callable

import pytest
from django.test import Client

from ecsdash.access.models import Grant, OwnershipRule, Team, User
from ecsdash.audit.models import AuditEvent
from ecsdash.aws.errors import Invalid
from ecsdash.inventory.models import Account
from ecsdash.operations import control
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.plan import Step
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm, drive
from tests.users import create_grant

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/shop"
FIRST = Step("first", "First", "ecs.update_cluster_settings", {"cluster": "shop"})
SECOND = Step("second", "Second", "ecs.tag_resource", {"resourceArn": CLUSTER})


def deactivated(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def revoked(user: User) -> None:
    Grant.objects.filter(user=user).delete()


@pytest.mark.parametrize("end", [deactivated, revoked])
def test_a_persons_operation_stops_before_the_next_call_when_their_permission_ends(
    account: Account, operator: User, aws: ScriptedAws, end: Callable[[User], None]
) -> None:
    operation = confirm(draft_of(account, operator, FIRST, SECOND))
    aws.before_call = lambda name: end(operator)
    assert drive(operation).state == "failed"
    assert [name for name, _ in aws.calls] == ["ecs.update_cluster_settings"]
    assert operation.error["code"] == "Refused"
    assert operation.error["message"] == "operator no longer has the permission for this change. The call was not made."
    assert AuditEvent.objects.filter(operation=operation.pk).latest("seq").outcome == "failed"


def test_a_thing_that_another_team_was_given_meanwhile_is_not_touched(account: Account, aws: ScriptedAws) -> None:
    member = User.objects.create_user("member")
    create_grant("operator", "demo", user=member, cluster="shop")
    OwnershipRule.objects.create(kind="task_definition", pattern="web")
    step = Step("run", "Run", "ecs.run_task", {"cluster": "shop", "taskDefinition": "web"})
    operation = confirm(draft_of(account, member, FIRST, step))
    bank = Team.objects.create(name="bank")

    def give_away(name: str) -> None:
        OwnershipRule.objects.update(team=bank)

    aws.before_call = give_away
    assert drive(operation).state == "failed"
    assert "belongs to team bank" in operation.error["message"]
    assert len(aws.calls) == 1


def test_a_plan_with_a_call_that_is_not_permitted_starts_nothing(
    account: Account, aws: ScriptedAws, client: Client
) -> None:
    member = User.objects.create_user("member")
    create_grant("operator", "demo", user=member, cluster="shop")
    step = Step("run", "Run", "ecs.run_task", {"cluster": "shop", "taskDefinition": "billing"})
    draft = draft_of(account, member, FIRST, step)
    with pytest.raises(control.NotNow, match="task definition billing"):
        confirm(draft)

    client.force_login(member)
    page = client.get(f"/plans/{draft.pk}/").content.decode()
    assert "No rule gives the task definition billing to a team, and nothing that you may change uses it." in page
    assert "Confirm" not in page or "disabled" in page
    answer = client.post(f"/plans/{draft.pk}/confirm/", {"reason": "", "name": "thing"}, follow=True)
    assert "task definition billing" in answer.content.decode()
    assert not Operation.objects.exists()
    assert Draft.objects.filter(pk=draft.pk).exists()
    assert aws.calls == []


def test_a_call_that_no_entry_describes_is_refused_for_everybody(
    account: Account, admin: User, aws: ScriptedAws
) -> None:
    with pytest.raises(control.NotNow, match=r"What the call test\.unknown names is not known"):
        confirm(draft_of(account, admin, Step("first", "First", "test.unknown")))
    assert aws.calls == []


def test_what_was_there_already_although_it_should_be_created_is_judged_as_a_change(
    account: Account, aws: ScriptedAws
) -> None:
    """AWS knows things that the inventory does not have yet."""
    member = User.objects.create_user("member")
    create_grant("operator", "demo", user=member, cluster="shop")
    exists = "ResourceAlreadyExistsException"
    create = Step("logs", "Logs", "logs.create_log_group", {"logGroupName": "/ecs/bank"}, tolerate=(exists,))
    aws.replies["logs.create_log_group"] = [Invalid(exists, "there already")]
    operation = drive(confirm(draft_of(account, member, create, SECOND)))
    assert operation.state == "failed"
    assert "log group /ecs/bank" in operation.error["message"]
    assert aws.named("ecs.tag_resource") == []


def test_later_steps_may_change_what_earlier_ones_created(account: Account, aws: ScriptedAws) -> None:
    member = User.objects.create_user("member")
    create_grant("operator", "demo", user=member, cluster="shop")
    create = Step("role", "Role", "iam.create_role", {"RoleName": "new"})
    attach = Step("attach", "Attach", "iam.attach_role_policy", {"RoleName": "new"})
    assert drive(confirm(draft_of(account, member, create, attach))).state == "succeeded"
    with pytest.raises(control.NotNow, match="role new"):
        confirm(draft_of(account, member, attach, key="arn:other"))
