"""Undo of an operation, and removal after its failure: the account holds what it held before, and nothing else goes."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from clusters.models import Subnet
from ecsdash.access.models import User
from ecsdash.aws.session import forget
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import sweep_now
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Level
from services.models import Service
from tests.operations.drive import drive, errors, review, start, succeed
from tests.processes import Sandbox
from tests.services.account_contents import contents, difference
from tests.services.test_create_wordpress import PLACE, form, opened


@pytest.fixture
def scope(aws_account: Account, sandbox: Sandbox) -> Scope:
    found = Scope(aws_account, "eu-central-1")
    sweep_now(found)
    return found


def created(scope: Scope, user: User, sandbox: Sandbox, **changes: object) -> Operation:
    return succeed(start("create_wordpress", user, scope, PLACE, form(**changes)), sandbox, 60)


def removed(operation: Operation, scope: Scope, user: User, sandbox: Sandbox) -> Operation:
    return succeed(start("remove_created", user, scope, PLACE, {"operation": str(operation.pk)}), sandbox, 60)


def test_undo_takes_back_everything_and_the_name_is_free_again(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    before = contents(sandbox)
    removed(created(scope, operator, sandbox), scope, operator, sandbox)
    assert difference(before, contents(sandbox)) == {}

    sweep_now(scope)
    again = created(scope, operator, sandbox)
    assert opened(again.outputs[0]["value"])[0] == 200
