"""Documents as Terraform configuration in JSON syntax, for the resources of the AWS provider."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from services.documents.export.terraform_names import ARGUMENTS, RESOURCES
from services.documents.kinds import Document

#: Path of a member -> how its value is written.
Converter = Callable[[Any], Any]
UNNAMED: Final = re.compile(r"[^A-Za-z0-9_-]+")


def configuration(document: Document) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the configuration with the document as its resource, and the members that were left out."""
    arguments: dict[str, Any] = {}
    left_out: list[str] = []
    for path, numbers, value in _leaves(document.content, ARGUMENTS[document.kind]):
        argument = ARGUMENTS[document.kind].get(path)
        if argument is None:
            left_out.append(path.replace("[]", ""))
        else:
            _set(arguments, argument.split("."), list(numbers), CONVERTED.get(path, _literal)(value))
    name = UNNAMED.sub("_", document.name).strip("-_") or "main"
    label = name if not name[0].isdigit() else f"_{name}"
    return {"resource": {RESOURCES[document.kind]: {label: arguments}}}, tuple(dict.fromkeys(left_out))


def _leaves(
    value: Any, known: Mapping[str, str], path: str = "", numbers: tuple[int, ...] = ()
) -> list[tuple[str, tuple[int, ...], Any]]:
    """Return the path, the positions in lists and the value of every member that has an argument, or none below it."""
    if path not in known and isinstance(value, Mapping) and value:
        members = ((f"{path}.{name}".lstrip("."), numbers, each) for name, each in value.items())
    elif path not in known and isinstance(value, list) and value:
        members = ((f"{path}[]", (*numbers, number), each) for number, each in enumerate(value))
    else:
        return [(path, numbers, value)]
    return [leaf for below, at, each in members for leaf in _leaves(each, known, below, at)]


def _set(target: dict[str, Any], path: list[str], numbers: list[int], value: Any) -> None:
    """Set the argument at a path: `volume[].name` with the position 1 is the name of the second block."""
    name, *rest = path
    if name.endswith("[]"):
        blocks = target.setdefault(name.removesuffix("[]"), [])
        while len(blocks) <= numbers[0]:
            blocks.append({})
        _set(blocks[numbers[0]], rest, numbers[1:], value)
    elif rest:
        _set(target.setdefault(name, {}), rest, numbers, value)
    else:
        target[name] = value


def _literal(value: Any) -> Any:
    """Return the value with texts that Terraform would take for templates escaped."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, Mapping):
        return {_literal(name): _literal(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_literal(each) for each in value]
    return value


def _encoded(value: Any) -> Any:
    return _literal(json.dumps(value, ensure_ascii=False))


def _by_name(name: str) -> Converter:
    """Return a converter of a list of named values to a mapping."""

    def convert(value: Any) -> Any:
        return _literal({str(each.get(name)): each.get("value", "") for each in value if isinstance(each, Mapping)})

    return convert


def _enabled(value: Any) -> Any:
    return value == "ENABLED"


CONVERTED: Final[Mapping[str, Converter]] = {
    "containerDefinitions": _encoded,
    "tags": _by_name("key"),
    "proxyConfiguration.properties": _by_name("name"),
    "networkConfiguration.awsvpcConfiguration.assignPublicIp": _enabled,
    "volumeConfigurations[].managedEBSVolume.tagSpecifications[].tags": _by_name("key"),
    "deploymentConfiguration.lifecycleHooks[].hookDetails": _encoded,
}
