"""Intrinsic functions of CloudFormation: their values where the template has them, else named placeholders."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.pointers import below
from services.documents.readings import Budget, Options, Placeholder

#: `${Name}` in Fn::Sub, `${!Name}` for the text `${Name}`.
SUBSTITUTED: Final = re.compile(r"\$\{(!?)([\w.:]{1,200})\}")
UNNAMED: Final = re.compile(r"[^\w.:]+")
NO_VALUE: Final = "AWS::NoValue"
REGION: Final = "AWS::Region"
TASK_DEFINITION: Final = "AWS::ECS::TaskDefinition"
#: Type of a resource -> the property that is its name in documents.
NAMED_BY: Final = {
    TASK_DEFINITION: "Family",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::Logs::LogGroup": "LogGroupName",
}


class Resolver:
    """Resolves the functions in the properties of a template's resources.

    `asked` are the parameters that were found, and `notes` what was decided without knowing it.
    """

    def __init__(self, template: Mapping[str, Any], options: Options) -> None:
        self.parameters = _mapping(template.get("Parameters"))
        self.resources = _mapping(template.get("Resources"))
        self.mappings = _mapping(template.get("Mappings"))
        self.options = options
        self.asked: dict[str, Placeholder] = {}
        self.notes: list[Finding] = []
        self.budget = Budget()
        self.inside_name = False

    def resolve(self, value: Any, pointer: str) -> Any:
        """Return the value with functions replaced; None for AWS::NoValue."""
        if isinstance(value, list):
            found = [self.resolve(each, below(pointer, number)) for number, each in enumerate(value)]
            return [each for each in found if each is not None]
        if not isinstance(value, Mapping):
            return value
        function, argument = next(iter(value.items()), ("", None))
        if len(value) == 1 and (function == "Ref" or function.startswith("Fn::")):
            return self._call(function, argument, pointer)
        return {name: self.resolve(member, below(pointer, name)) for name, member in value.items()}

    def _call(self, function: str, argument: Any, pointer: str) -> Any:
        if function == "Ref":
            return self._ref(str(argument))
        if function == "Fn::If" and isinstance(argument, list) and len(argument) == 3:
            return self._if(argument, pointer)
        argument = self.resolve(argument, pointer)
        if function == "Fn::Sub":
            return self._sub(argument)
        if function == "Fn::GetAtt":
            return f"${{{'.'.join(map(str, argument)) if isinstance(argument, list) else argument}}}"
        if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:
            return _joined(str(argument[0]), argument[1])
        if function == "Fn::FindInMap" and (known := self._in_map(argument)) is not None:
            return known
        return _unknown(function, argument)

    def _ref(self, name: str) -> Any:
        """Return what the name stands for: the value of a parameter, the name of a resource, else a placeholder."""
        if name == NO_VALUE:
            return None
        if name == REGION and self.options.region:
            return self.options.region
        if name in self.parameters:
            return self._parameter(name)
        resource = _mapping(self.resources.get(name))
        own = _mapping(resource.get("Properties")).get(NAMED_BY.get(str(resource.get("Type")), ""))
        return f"${{{name}}}" if own is None or self.inside_name else self._name(own)

    def _name(self, own: Any) -> Any:
        """Return the name of a resource; other resources in it stay placeholders, so that nothing repeats itself."""
        self.inside_name = True
        found = self.resolve(own, "")
        self.inside_name = False
        return found

    def _parameter(self, name: str) -> Any:
        default = _mapping(self.parameters[name]).get("Default")
        if isinstance(default, list):
            default = ",".join(map(str, default))
        written = f"${{{name}}}"
        self.asked.setdefault(name, Placeholder(name, written, "" if default is None else str(default)))
        given = self.options.values.get(name) or default
        if given is None:
            return written
        self.budget.spend(str(given))
        kind = str(_mapping(self.parameters[name]).get("Type", ""))
        return str(given).split(",") if kind == "CommaDelimitedList" or kind.startswith("List<") else given

    def _sub(self, argument: Any) -> Any:
        text, own = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
        return SUBSTITUTED.sub(lambda match: self._substituted(match, _mapping(own)), str(text))

    def _substituted(self, match: re.Match[str], own: Mapping[str, Any]) -> str:
        literal, name = match.groups()
        if literal:
            return f"${{{name}}}"
        return self.budget.spend(str(own[name] if name in own else self._ref(name)))

    def _if(self, argument: list[Any], pointer: str) -> Any:
        """Return the value of the first branch that has one: conditions are not evaluated."""
        condition, *branches = argument
        found = [self.resolve(each, pointer) for each in branches]
        self.notes.append(
            Finding(
                pointer,
                FindingLevel.WARN,
                f"The condition {condition} is not evaluated: its first value is used.",
                "Conditions depend on the parameters of a stack.",
                "Check this place in the form.",
            )
        )
        return found[0] if found[0] is not None else found[1]

    def _in_map(self, argument: Any) -> Any:
        value: Any = self.mappings
        for key in argument if isinstance(argument, list) and len(argument) == 3 else [None]:
            value = _mapping(value).get(str(key))
        return value


def _joined(separator: str, parts: Any) -> str:
    return separator.join(map(str, parts)) if isinstance(parts, list) else str(parts)


def _unknown(function: str, argument: Any) -> str:
    """Return a placeholder with the name of the function and its argument."""
    words = UNNAMED.sub("_", str(argument)).strip("_")[:80]
    return f"${{{function.removeprefix('Fn::')} {words}}}".replace(" }", "}")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
