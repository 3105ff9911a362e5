"""Three teams in one account, random forms of every action and blueprint: no plan reaches what another team owns."""

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any, Final

import pytest
from django.db import transaction
from django.http import Http404
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecsdash.access.permissions import Permission
from ecsdash.external_changes.reverting import RevertAction
from ecsdash.inventory.models import Resource
from ecsdash.operations.actions import ACTIONS, Action, ActionContext, action_context
from ecsdash.operations.drafts import NotAllowed, make_draft
from ecsdash.operations.models import Draft, Operation
from tests.trust.followed_operations import Follower, confirmed, reached_by
from tests.trust.foreign_names import Oracle
from tests.trust.random_estate import Estate, Person, begin
from tests.trust.random_forms import RandomForm, bound, options, with_groups
from tests.trust.random_inventory import Inventory

#: Estates of one run. More: RANDOM_ESTATES=1000 bin/test tests/trust/test_random_forms.py
ESTATES: Final = int(os.environ.get("RANDOM_ESTATES", "2"))
MORE: Final = 24  # estates for the actions of which no plan was accepted
PEOPLE: Final = 2  # who try each action in an estate
OPENED: Final = 8  # resources whose forms each of them tries to open
FORMS: Final = 1  # of those opened that are submitted
RUN: Final = 2  # accepted plans of each action that are run for certain
TRIES: Final = 5  # corrections of a form that is not valid
#: Actions on what belongs to the whole account and region: nobody in the estate has that permission.
WHOLE_ACCOUNT: Final = {"create_namespace", "delete_namespace"}
CHANGES: Final = {
    name: each
    for name, each in ACTIONS.items()
    if each.permission is not Permission.ADMIN and name not in WHOLE_ACCOUNT
}

#: Actions that need an operation of other ones.
BEFORE: Final = {"remove_created": ["create_wordpress"]}


@dataclass
class Outcome:
    """What became of the forms of a run, by action."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def note(self, action: Action, what: str, reason: object = "") -> None:
        self.counts[action.name, what] += 1
        if reason:
            self.reasons[action.name][str(reason)] += 1

    def table(self) -> str:
        """Return a line for each action with the numbers of its forms."""
        words = ("not allowed", "invalid", "planned", "blocked", "refused", "accepted", "run")
        lines = [f"{name:32}" + "".join(f"{self.counts[name, word]:12}" for word in words) for name in CHANGES]
        return "\n".join(["".join([" " * 32, *(f"{word:>12}" for word in words)]), *lines])


def resources(estate: Estate, action: Action) -> list[dict[str, str]]:
    """Return the keywords of the address of each resource that the action could change, its own or another team's."""
    if action.resource_type is None:
        return [estate.scope.url_kwargs()]
    rows = list(action.resource_type.objects.select_related("account"))
    fitting = [row for row in rows if row.operation in action.reverts] if isinstance(action, RevertAction) else rows
    return [row.url_kwargs() for row in [*fitting, *rows[:1]]]


def opened(estate: Estate, action: Action, person: Person, kwargs: dict[str, str]) -> ActionContext | None:
    """Return the context of a form that the person can open, None if there is no such page for them."""
    inner = {name: value for name, value in kwargs.items() if name not in ("account", "region")}
    try:
        context = action_context(action, person.user, estate.scope, inner)
    except Http404:
        return None
    return context if action.may_open(context) else None


def offered(oracle: Oracle, form: RandomForm) -> list[str]:
    """Return what the form offers although the person may not use it."""
    extra = form.action.extra_context(form.context, form.unbound).values()
    rows = [row for value in extra if not isinstance(value, str) for row in listed(value)]
    values = {value for each in with_empty(form.unbound) for one in each.fields.values() for value in choices_of(one)}
    values |= {text for row in rows for text in (row.arn, row.name)}
    attached = set(getattr(form.context.resource, "capacity_providers", ()))
    kept = attached | oracle.estate.families.get(str(form.unbound.initial.get("family", "")), set())
    return [
        f"the form offers the {thing.kind} {thing.name} of {thing.owner or 'nobody'}"
        for thing in oracle.estate.things
        if values.intersection({thing.name, *thing.keys} - attached) and not oracle.offers(thing, kept)
    ]


def listed(value: Any) -> list[Resource]:
    try:
        return [each for each in value if isinstance(each, Resource)]
    except TypeError:
        return []


def with_empty(form: Any) -> list[Any]:
    """Return a form and one empty form of each of its groups."""
    groups = getattr(form, "formsets", {}).values()
    return [form, *(inner for group in groups for inner in with_empty(group.empty_form))]


def choices_of(one: Any) -> set[str]:
    return set(options(one)) if hasattr(one, "choices") else set()


def submitted(form: RandomForm, outcome: Outcome) -> Draft | None:
    """Submit a random form, and again with its errors corrected. Return the draft if a plan was made of it."""
    data = form.data()
    for _ in range(TRIES):
        filled = bound(form.action, form.context, data)
        try:
            draft = make_draft(form.action, form.context, filled)
        except NotAllowed:
            outcome.note(form.action, "not allowed")
            return None
        if draft is not None:
            outcome.note(form.action, "planned")
            return draft
        data = form.corrected(filled, data)
    outcome.note(form.action, "invalid", errors_of(filled))
    return None


def errors_of(form: Any) -> list[str]:
    """Return the errors of a form and its groups."""
    own = [f"{place}{name}: {' '.join(map(str, texts))}" for place, each in with_groups(form)
           for name, texts in each.errors.items()]  # fmt: skip
    return [*own, *(f"{name}: {group.non_form_errors()}" for name, group in form.formsets.items()
                    if group.is_bound and group.non_form_errors())]  # fmt: skip


def run_estate(
    seed: int, outcome: Outcome, monkeypatch: pytest.MonkeyPatch, actions: Iterable[Action] = CHANGES.values()
) -> list[str]:
    """Build an estate and submit random forms of the people in it. Return what was reached.

    Everybody tries an action until one plan of the run was accepted, then some. What is drawn for one action does not
    depend on the others.
    """
    estate, found = Inventory(begin(Random(seed))).build(), []
    follower = Follower(estate, monkeypatch)
    for action in actions:
        estate.random = Random(f"{seed} {action.name}")
        for number, person in enumerate(estate.random.sample(estate.people, len(estate.people))):
            if number >= PEOPLE and outcome.counts[action.name, "accepted"]:
                break
            for context in some_contexts(estate, action, person):
                form = RandomForm(estate.random, estate, action, context)
                texts = tried(form, Oracle(estate, person, action.permission), follower, outcome)
                found += [f"{action.name}: {person.user}: {text}" for text in texts]
    return found


def some_contexts(estate: Estate, action: Action, person: Person) -> list[ActionContext]:
    """Return the contexts of a few forms that the person can open, for things of all teams."""
    places = resources(estate, action)
    chosen = estate.random.sample(places, min(len(places), OPENED))
    contexts = (each for kwargs in chosen if (each := opened(estate, action, person, kwargs)) is not None)
    return list(islice(contexts, FORMS))


def tried(form: RandomForm, oracle: Oracle, follower: Follower, outcome: Outcome) -> list[str]:
    """Look at a form, submit it and confirm its plan. Some of the operations are run."""
    found = offered(oracle, form)
    draft = submitted(form, outcome)
    if draft is None:
        return found
    operation = confirmed(draft)
    if isinstance(operation, str):
        outcome.note(form.action, operation.partition(":")[0], operation)
        return found
    outcome.note(form.action, "accepted")
    found += reached_by(oracle, operation.plan)
    if outcome.counts[form.action.name, "run"] < RUN or form.estate.chance(0.1):
        outcome.note(form.action, "run")
        return [*found, *follower.follow(operation, oracle)]
    Operation.objects.filter(pk=operation.pk).update(state="succeeded")
    return found


def test_no_plan_of_a_random_form_reaches_what_another_team_owns(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = Outcome()

    @settings(
        max_examples=ESTATES, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.integers(0, 2**32))
    def no_estate_has_one(seed: int) -> None:
        with transaction.atomic():
            found = run_estate(seed, outcome, monkeypatch)
            transaction.set_rollback(True)
        assert found == [], f"seed {seed}"

    no_estate_has_one()
    for seed in range(MORE):
        missing = [each for each in CHANGES.values() if not outcome.counts[each.name, "run"]]
        before = [CHANGES[name] for each in missing for name in BEFORE.get(each.name, ())]
        with transaction.atomic():
            found = run_estate(seed, outcome, monkeypatch, [*before, *missing]) if missing else []
            transaction.set_rollback(True)
        assert found == [], f"seed {seed} of {missing}"
    sys.stdout.write(outcome.table())
    for action in CHANGES:
        reasons = "\n".join(f"{number} x {text}" for text, number in outcome.reasons[action].most_common(5))
        assert outcome.counts[action, "accepted"], f"no random form of {action} was accepted:\n{reasons}"
        assert outcome.counts[action, "run"], f"no operation of {action} was run"
