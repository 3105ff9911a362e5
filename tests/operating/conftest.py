"""The scripted AWS of the tests of operations."""

from tests.operations.conftest import account as account
from tests.operations.conftest import aws as aws
