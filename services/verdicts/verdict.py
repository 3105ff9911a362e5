"""A verdict, and known causes as data: a pattern of AWS's sentence with what it means and what to do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ecsdash.aws.explain import Explanation

#: Characters of a message that are looked at, and between two parts of a pattern.
LONGEST, FARTHEST = 4000, 400
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict(Explanation):
    """An explanation with the key of its cause and the facts that it is based on, each in one line."""

    cause: str = UNKNOWN
    evidence: tuple[str, ...] = ()

    @property
    def about_targets(self) -> bool:
        """Whether the health of a load balancer's target is the cause."""
        return self.cause == "load_balancer_health" or self.cause.startswith("target_")

    @property
    def sentence(self) -> str:
        return f"{self.what} {self.why}".strip()


@dataclass(frozen=True)
class Cause:
    """A cause recognised by `pattern`. `{0}`, `{1}` in the texts are the groups of the pattern."""

    key: str
    pattern: str
    what: str
    why: str
    how: str

    def verdict(self, text: str, raw: str, evidence: tuple[str, ...] = ()) -> Verdict | None:
        match = _compiled(self.pattern).search(text[:LONGEST])
        if match is None:
            return None
        groups = [(group or "").rstrip(".,:") for group in match.groups()]
        what, why, how = (each.format(*groups).strip() for each in (self.what, self.why, self.how))
        return Verdict(what, why, how, raw, cause=self.key, evidence=evidence)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern with a limited distance for `.*`: with none, a message of repeats takes its length squared."""
    return re.compile(pattern.replace(".*", f".{{0,{FARTHEST}}}"), re.IGNORECASE | re.DOTALL)


def first_match(
    causes: Iterable[Cause], texts: Iterable[str], raw: str, evidence: tuple[str, ...] = ()
) -> Verdict | None:
    """Return the verdict of the first cause that matches one of the texts: specific causes come first."""
    wanted = [text for text in texts if text]
    found = (cause.verdict(text, raw, evidence) for cause in causes for text in wanted)
    return next((each for each in found if each is not None), None)
