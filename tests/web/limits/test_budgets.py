"""Budgets of addresses, and slots."""

import pytest

from ecsdash.web.limits.budgets import MOST_ADDRESSES, Budgets, Refused, Slots
from tests.clock import Clock


def test_a_budget_is_spent_and_comes_back_with_time() -> None:
    clock = Clock()
    budgets = Budgets(rate=2, burst=3, clock=clock)
    assert [budgets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert budgets.take("b") == 0
    clock.now += 0.5
    assert [budgets.take("a"), budgets.take("a")] == [0, 0.5]


def test_a_charge_may_exceed_the_budget_but_not_for_ever() -> None:
    clock = Clock()
    budgets = Budgets(rate=1, burst=10, clock=clock)
    for _ in range(100):
        budgets.charge("a", 60)
    assert budgets.take("a") == 11
    clock.now += 11
    assert budgets.take("a") == 0


def test_the_least_recently_seen_addresses_are_forgotten() -> None:
    budgets = Budgets(rate=1, burst=1, clock=Clock())
    budgets.take("first")
    for number in range(MOST_ADDRESSES):
        budgets.take(str(number))
    assert budgets.take("first") == 0
    assert budgets.take("5") > 0


def test_one_address_cannot_hold_all_slots() -> None:
    slots = Slots(3, each=2)
    assert [slots.acquire("a"), slots.acquire("a"), slots.acquire("a")] == [True, True, False]
    assert [slots.acquire("b"), slots.acquire("c")] == [True, False]
    slots.release("a")
    with slots.held("c"), pytest.raises(Refused), slots.held("d"):
        pass
    assert slots.acquire("d")
