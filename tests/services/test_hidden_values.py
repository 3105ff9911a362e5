"""Hidden values on pages: fingerprints for everybody, revealed by POST to those who may, each an audit event."""

import json
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.masking import fingerprint
from ecsdash.operations.actions import ACTIONS, ActionContext
from ecsdash.operations.drafts import make_draft
from tests.services.definitions import container, fargate, form_data
from tests.services.simulated_tasks import SimulatedTasks

VALUE, WORD, LABEL = "quiet-harbour-71", "--door=lantern-16", "paper-moon-4"
VARIABLES = [{"name": "STAGE", "value": VALUE}, {"name": "a/b~c", "value": "odd-name-value"}]
PAGE = "/demo/eu-central-1/task-definitions/web-front/2/"
REVEAL = PAGE + "reveal/"
WEB = "/containerDefinitions/web"


@pytest.fixture
def planted(stage: SimulatedTasks) -> SimulatedTasks:
    """Revision 2 of web-front with hidden values of three kinds."""
    stage.register(environment=VARIABLES, command=["run", WORD], dockerLabels={"owner": LABEL})
    stage.sweep("task_definitions")
    return stage


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="reveal_value").order_by("seq"))


@pytest.mark.parametrize("name", ["viewer", "deployer", "operator", "admin"])
def test_nobody_sees_a_value_on_a_page(
    planted: SimulatedTasks, client: Client, request: pytest.FixtureRequest, name: str
) -> None:
    client.force_login(request.getfixturevalue(name))
    for address in (PAGE, PAGE + "?fragment=definition", PAGE.replace("/2/", "/diff/1..2/")):
        shown = page(client, address)
        assert fingerprint(VALUE) in shown
        assert [secret for secret in (VALUE, WORD, LABEL) if secret in shown] == []


def test_buttons_are_only_for_those_who_may_reveal(
    planted: SimulatedTasks, client: Client, viewer: User, operator: User
) -> None:
    client.force_login(viewer)
    assert REVEAL not in page(client, PAGE)
    client.force_login(operator)
    shown = page(client, PAGE)
    assert f'name="place" value="{WEB}/environment/STAGE"' in shown
    assert f'name="place" value="{WEB}"' in shown


def test_one_value_is_revealed_and_recorded_without_the_value(
    planted: SimulatedTasks, client: Client, operator: User
) -> None:
    client.force_login(operator)
    answer = client.post(REVEAL, {"place": f"{WEB}/environment/STAGE"})
    assert answer["Cache-Control"] == "no-store"
    shown = answer.content.decode()
    assert VALUE in shown
    assert "odd-name-value" not in shown
    (event,) = events()
    assert (event.actor, event.resource_name, event.service) == (operator, "web-front:2", "web-front")
    assert event.detail == {"values": [{"place": f"{WEB}/environment/STAGE", "fingerprint": fingerprint(VALUE)}]}
    assert VALUE not in page(client, f"/audit/{event.seq}/")


def test_the_values_of_one_container_are_revealed_together(
    planted: SimulatedTasks, client: Client, operator: User
) -> None:
    client.force_login(operator)
    shown = client.post(REVEAL, {"place": WEB}).content.decode()
    for text in (VALUE, WORD, LABEL, "odd-name-value", "environment a/b~c"):
        assert text in shown
    (event,) = events()
    assert len(event.detail["values"]) == 4


@pytest.mark.parametrize("place", ["", "/", "/containerDefinitions", "/containerDefinitions/we", WEB + "/image", "x"])
def test_a_place_that_is_no_value_and_no_container_reveals_nothing(
    planted: SimulatedTasks, client: Client, operator: User, place: str
) -> None:
    client.force_login(operator)
    assert client.post(REVEAL, {"place": place}).status_code == 404
    assert events() == []


def test_a_reveal_needs_the_permission_and_a_form_of_this_site(
    planted: SimulatedTasks, viewer: User, operator: User, outsider: User
) -> None:
    for user, status in ((viewer, 403), (outsider, 404)):
        client = Client()
        client.force_login(user)
        assert client.post(REVEAL, {"place": WEB}).status_code == status
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(operator)
    assert strict.post(REVEAL, {"place": WEB}).status_code == 403
    assert strict.get(REVEAL, {"place": WEB}).status_code == 405
    assert events() == []


def test_overrides_of_a_task_are_hidden_and_revealed(stage: SimulatedTasks, client: Client, operator: User) -> None:
    override = {"name": "web", "command": ["run", WORD], "environment": VARIABLES}
    (task,) = stage.run(overrides={"containerOverrides": [override]})
    stage.let(30)
    client.force_login(operator)
    address = f"/demo/eu-central-1/tasks/{task}/"
    shown = page(client, address)
    assert fingerprint(VALUE) in shown
    assert [secret for secret in (VALUE, WORD) if secret in shown] == []
    place = "/overrides/containerOverrides/web/command"
    assert f'value="{place}"' in shown
    assert WORD in client.post(address + "reveal/", {"place": place}).content.decode()
    assert [event.resource_type for event in events()] == ["task"]


def registering(stage: SimulatedTasks, user: User, **more: Any) -> tuple[Any, Any]:
    """Return the form and the draft of a registration from web-front:2 as the form shows it, with changes."""
    context = ActionContext(stage.scope, user)
    action = ACTIONS["register_task_definition"]
    shown = json.loads(action.form_class(initial={"from": "web-front:2"}, context=context).initial["json"])
    form = action.form_class(form_data({**shown, **more}, origin="web-front:2"), context=context)
    return form, make_draft(action, context, form)


def test_a_new_revision_of_the_same_family_keeps_its_hidden_values(planted: SimulatedTasks, operator: User) -> None:
    _, draft = registering(planted, operator)
    web = draft.plan.steps[0].params["containerDefinitions"][0]
    assert (web["environment"], web["command"], web["dockerLabels"]) == (VARIABLES, ["run", WORD], {"owner": LABEL})


def test_hidden_values_are_not_carried_into_another_family(planted: SimulatedTasks, operator: User) -> None:
    form, draft = registering(planted, operator, family="copied")
    assert draft is None
    assert "is hidden" in str(form.errors)


def test_hidden_values_are_not_carried_to_another_container_or_name(planted: SimulatedTasks, operator: User) -> None:
    hidden = fingerprint(VALUE)
    stage = [{"name": "STAGE", "value": hidden}]
    moved = (
        [container("web", "nginx:1", environment=stage), container("other", "nginx:1", environment=stage)],
        [container("web", "nginx:1", environment=[{"name": "PRINTED", "value": hidden}])],
        [container("other", "nginx:1", environment=[{"name": "PRINTED", "value": hidden}])],
        [container("web", "nginx:1", workingDirectory=hidden)],
        [container("web", "nginx:1", command=["echo", hidden])],
    )
    for each in moved:
        _, draft = registering(planted, operator, containerDefinitions=each)
        assert draft is None, each


def test_a_renamed_container_keeps_its_hidden_values(planted: SimulatedTasks, operator: User) -> None:
    web = container("site", "nginx:1", environment=[{"name": "STAGE", "value": fingerprint(VALUE)}])
    side_car = container("side-car", "nginx:1", environment=[{"name": "STAGE", "value": "new"}])
    _, draft = registering(planted, operator, containerDefinitions=[side_car, web])
    assert draft is not None
    assert draft.plan.steps[0].params["containerDefinitions"][1]["environment"] == [{"name": "STAGE", "value": VALUE}]


def test_the_form_shows_the_values_of_a_container_only_after_a_recorded_reveal(
    planted: SimulatedTasks, client: Client, operator: User
) -> None:
    client.force_login(operator)
    address = "/demo/eu-central-1/task-definitions/new/"
    blank = page(client, address + "?from=web-front:2")
    assert VALUE not in blank
    assert 'name="reveal" value="web"' in blank
    shown = json.loads(re.findall(r'<textarea name="json"[^>]*>\s*(.*?)</textarea>', blank, re.DOTALL)[0]
                       .replace("&quot;", '"'))  # fmt: skip
    data = form_data(shown, origin="web-front:2", reveal="web")
    answer = client.post(address, dict(data.lists()))
    assert answer["Cache-Control"] == "no-store"
    assert VALUE in answer.content.decode()
    assert [len(event.detail["values"]) for event in events()] == [4]


def test_a_user_without_the_permission_gets_no_values_into_the_form(planted: SimulatedTasks, viewer: User) -> None:
    action, context = ACTIONS["register_task_definition"], ActionContext(planted.scope, viewer, proved=True)
    data = form_data(fargate(family="web-front"), origin="web-front:2", reveal="web")
    with pytest.raises(PermissionDenied):
        action.reworked(context, data)
    assert events() == []


def test_a_form_shows_no_values_to_who_signed_in_too_long_ago(planted: SimulatedTasks, operator: User) -> None:
    action, context = ACTIONS["register_task_definition"], ActionContext(planted.scope, operator)
    data = form_data(fargate(family="web-front"), origin="web-front:2", reveal="web")
    assert action.reworked(context, data) == data
    assert events() == []
