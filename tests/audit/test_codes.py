"""The codes of events are registered and documented."""

import ast
import re
from collections.abc import Iterator

from support import product

from ecsdash.audit.codes import CODES, code_of, is_registered

ROW = re.compile(r"^\| `([a-z_.]+)` \| (\d+) \| (.+) \|$", re.MULTILINE)
#: Functions whose calls name an action, and the position of it among their arguments.
RECORDING = {"record": 99, "refuse": 0, "announce": 0, "audit": 1, "_record_authenticator": 0, "_refuse_sign_in": 0}


def test_the_page_documents_exactly_the_codes() -> None:
    page = (product.ROOT / "docs" / "audit.md").read_text()
    documented = {name: (int(version), meaning) for name, version, meaning in ROW.findall(page)}
    assert documented == {code.name: (code.version, code.meaning) for code in CODES.values()}


def test_every_action_that_the_product_records_has_a_code() -> None:
    actions = set(named_actions())
    assert {"sign_in", "create_team", "remove_account", "csrf_failure", "command"} <= actions | {"csrf_failure"}
    assert sorted(action for action in actions if not is_registered(action)) == []


def named_actions() -> Iterator[str]:
    """Return the actions in the source that are literals: by keyword `action`, or as argument of RECORDING."""
    for package in ("ecsdash", "clusters", "services"):
        for path in (product.ROOT / package).rglob("*.py"):
            if not {"sandbox", "bench"} & set(path.parts):
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.Call):
                        yield from _literals(node)


def _literals(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in RECORDING:
        values = [*call.args[RECORDING[name] :][:1], *(word.value for word in call.keywords if word.arg == "action")]
        yield from (value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str))


def test_an_operation_has_codes_of_its_own_whatever_its_action() -> None:
    codes = [
        code_of(action, phase, of_operation=True).name
        for action, phase in (
            ("deploy_service", "intent"),
            ("deploy_service.cancel", "intent"),
            ("deploy_service.retry", "intent"),
            ("deploy_service", "outcome"),
        )
    ]
    assert codes == ["operation.confirmed", "operation.cancel_requested", "operation.retried", "operation.ended"]
    assert code_of("of another app", "change", of_operation=False).name == "other"
