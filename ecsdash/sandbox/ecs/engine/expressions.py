"""The cluster query language: `attribute:ecs.instance-type =~ t3.* and attribute:zone in [a, b]`."""

import re
from collections.abc import Callable

from ecsdash.sandbox.ecs.errors import invalid
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance

Facts = dict[str, list[str]]
Predicate = Callable[[Facts], bool]

_TERM = re.compile(
    r"\s*(?P<not>!|not\s+)?\s*(?P<subject>[A-Za-z][A-Za-z0-9]*(?::[\w.:/-]+)?)\s*"
    r"(?P<operator>==|equals|!=|not_equals|=~|matches|not_in|in|exists|not_exists|!exists)\s*(?P<argument>.*?)\s*",
    re.DOTALL,
)
_SUBJECTS = ("attribute:", "task:group", "ec2InstanceId", "agentConnected", "agentVersion", "registeredAt")


def parse(text: str) -> Predicate:
    """Return the predicate of an expression; an empty one is always true. Parentheses are not supported."""
    if not text.strip():
        return lambda facts: True
    alternatives = [
        [_term(term) for term in re.split(r"\s+and\s+|\s*&&\s*", alternative)]
        for alternative in re.split(r"\s+or\s+|\s*\|\|\s*", text)
    ]
    return lambda facts: any(all(term(facts) for term in terms) for terms in alternatives)


def facts(cluster: Cluster, instance: ContainerInstance) -> Facts:
    known = {f"attribute:{name}": [value] for name, value in instance.attributes.items()}
    groups = [cluster.tasks[task_id].group for task_id in instance.task_ids]
    return known | {
        "ec2InstanceId": [instance.ec2_instance_id],
        "agentConnected": [str(instance.agent_connected).lower()],
        "task:group": groups,
    }


def _term(text: str) -> Predicate:
    match = _TERM.fullmatch(re.sub(r"[()]", " ", text))
    if match is None or not match["subject"].startswith(_SUBJECTS):
        raise invalid(f"Invalid expression: {text.strip()}")
    test = _test(match["operator"], match["argument"])
    subject, negated = match["subject"], bool(match["not"])
    return lambda facts: test(facts.get(subject, [])) != negated


def _test(operator: str, argument: str) -> Callable[[list[str]], bool]:
    options = [option.strip() for option in argument.strip("[]").split(",")]
    tests: dict[str, Callable[[list[str]], bool]] = {
        "==": lambda values: argument in values,
        "!=": lambda values: argument not in values,
        "=~": lambda values: any(re.fullmatch(argument, value) for value in values),
        "in": lambda values: any(value in options for value in values),
        "not_in": lambda values: all(value not in options for value in values),
        "exists": bool,
        "not_exists": lambda values: not values,
    }
    aliases = {"equals": "==", "not_equals": "!=", "matches": "=~", "!exists": "not_exists"}
    return tests[aliases.get(operator, operator)]
