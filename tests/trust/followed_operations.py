"""Runs operations of accepted plans while rights end or things move between two calls; others retry and undo them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from ecsdash.access.models import Grant, Membership, OwnershipRule
from ecsdash.inventory.models import Account
from ecsdash.operations import control
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.plan import Level, Plan, Step
from tests.operations.drive import drive
from tests.trust.foreign_names import Oracle
from tests.trust.random_estate import SHARED_KINDS, TEAMS, Estate, Person, Thing
from tests.trust.scripted_answers import ScriptedAnswers


def confirmed(draft: Draft) -> Operation | str:
    """Start the operation of a draft, which then waits for nothing. Return why it cannot start otherwise."""
    blocking = [each.title for each in draft.plan.checks if each.level is Level.BLOCK]
    if blocking:
        return f"blocked: {blocking[0]}"
    plan = draft.plan
    steps = tuple(replace(step, until="", until_params={}) for step in plan.steps)
    draft.plan_data = replace(plan, steps=steps, observes=()).to_json()
    draft.save(update_fields=["plan_data"])
    try:
        with transaction.atomic():
            return control.start(draft, reason="", source_ip="", enqueue_run=lambda _: None)
    except (control.NotNow, control.AlreadyRunning) as refused:
        return f"refused: {refused}"


def reached_by(oracle: Oracle, plan: Plan) -> list[str]:
    """Return what the calls of a plan name that the person may not reach. What a step looks up counts too."""
    return [text for step in plan.steps if step.call for text in oracle.foreign(step.call, named_in(step))]


def named_in(step: Step) -> dict[str, Any]:
    return {**step.params, **({"found": step.find["params"]} if step.find else {})}


@dataclass
class Follower:
    """Runs operations of one estate with scripted answers of AWS."""

    estate: Estate
    monkeypatch: pytest.MonkeyPatch
    undone: set[str] = field(default_factory=set)
    clients: dict[int, Client] = field(default_factory=dict)

    def follow(self, operation: Operation, oracle: Oracle) -> list[str]:
        """Run the operation in one of four ways, the first of an action to an undo. Return what was reached."""
        ways = [self._ended_rights, self._moved, self._retried, self._undone]
        first = operation.action not in self.undone and operation.plan.undo is not None
        self.undone.add(operation.action)
        return (self._undone if first else self.estate.random.choice(ways))(operation, oracle)

    def _run(self, operation: Operation, **script: Any) -> ScriptedAnswers:
        aws = ScriptedAnswers(**script)
        self.monkeypatch.setattr(Account, "writer", lambda account, region, user: aws)
        drive(operation)
        return aws

    def _some_call(self, operation: Operation) -> int:
        calls = [step for step in operation.plan.steps if step.call]
        return self.estate.random.randint(1, max(1, len(calls) - 1))

    def _ended_rights(self, operation: Operation, oracle: Oracle) -> list[str]:
        """Revoke the person's rights after some call: no further call is made."""
        person, last = oracle.person, self._some_call(operation)
        with transaction.atomic():
            aws = self._run(operation, before_call=_at(last, lambda: _revoke(person)))
            transaction.set_rollback(True)
        Operation.objects.filter(pk=operation.pk).update(state="failed")
        return [f"{name} was called after the rights ended" for name, _ in aws.calls[last:]]

    def _moved(self, operation: Operation, oracle: Oracle) -> list[str]:
        """Give a thing that the plan names to another team after some call: no further call names it."""
        last, movable = self._some_call(operation), self._movable(operation, oracle)
        if not movable:
            return []
        thing = self.estate.random.choice(movable)
        owner, new = thing.owner, self.estate.random.choice([each for each in TEAMS if each not in oracle.person.teams])
        with transaction.atomic():
            aws = self._run(operation, before_call=_at(last, lambda: self._give(thing, new)))
            transaction.set_rollback(True)
        thing.owner = new
        found = [text for name, params in aws.calls[last:] for text in oracle.foreign(name, params)]
        thing.owner = owner
        Operation.objects.filter(pk=operation.pk).update(state="failed")
        return [f"after it moved to {new}: {text}" for text in found]

    def _movable(self, operation: Operation, oracle: Oracle) -> list[Thing]:
        steps = [step for step in operation.plan.steps if step.call]
        named = {each.thing.name: each.thing for step in steps for each in oracle.things(step.call, step.params)}
        ruled = self.estate.by_tag
        return [
            each
            for each in named.values()
            if each.keys and "listener" not in each.kind and each.kind != "file_system"
            if (each.kind, each.tags.get("team", "")) not in ruled and each.kind not in SHARED_KINDS
        ]

    def _give(self, thing: Thing, team: str) -> None:
        where, owner = self.estate.scope.account, self.estate.teams[team]
        OwnershipRule.objects.create(account=where, kind=thing.kind, pattern=thing.name, team=owner)

    def _retried(self, operation: Operation, oracle: Oracle) -> list[str]:
        """Let a call fail, and everybody retry the operation: who may not reach what is left makes no call."""
        number, found = self._some_call(operation) - 1, []
        self._run(operation, fails_at=number)
        for person in self.estate.people:
            client = self._client(person)
            with transaction.atomic():
                self._post("operations:retry", operation, client)
                operation.refresh_from_db()
                if operation.state == "pending":
                    aws, other = self._run(operation), replace(oracle, person=person)
                    found += [text for name, params in aws.calls for text in other.foreign(name, params)]
                transaction.set_rollback(True)
        return [f"in a retry: {text}" for text in found]

    def _undone(self, operation: Operation, oracle: Oracle) -> list[str]:
        """Run the operation to its end or to a failure, and let everybody undo it."""
        fails_at = -1 if self.estate.chance(0.5) else self._some_call(operation) - 1
        self._run(operation, fails_at=fails_at)
        found = []
        for person in self.estate.people:
            client = self._client(person)
            with transaction.atomic():
                self._post("operations:undo", operation, client)
                draft = Draft.objects.filter(undo_of=operation, user=person.user).first()
                undo = confirmed(draft) if draft else ""
                if isinstance(undo, Operation):
                    other = Oracle(self.estate, person, ACTIONS[undo.action].permission)
                    found += reached_by(other, undo.plan)
                transaction.set_rollback(True)
        return [f"in an undo: {text}" for text in found]

    def _client(self, person: Person) -> Client:
        """Return the client of the person, who signs in once in an estate."""
        if person.user.pk not in self.clients:
            self.clients[person.user.pk] = Client()
            self.clients[person.user.pk].force_login(person.user)
        return self.clients[person.user.pk]

    def _post(self, name: str, operation: Operation, client: Client) -> None:
        answer = client.post(reverse(name, args=[operation.pk]))
        assert answer.status_code in (302, 403, 404), answer.status_code


def _at(number: int, act: Callable[[], None]) -> Callable[[int], None]:
    return lambda made: act() if made == number else None


def _revoke(person: Person) -> None:
    Grant.objects.filter(user=person.user).delete()
    Membership.objects.filter(user=person.user).delete()
