"""The heading of a resource's pages, the same on every tab: its name, kind and status."""

from dataclasses import dataclass

from ecsdash.web.tone import Tone


@dataclass(frozen=True)
class Heading:
    """`kind` says what it is and where ("Service in shop"). `view` names the tab, "" on the first one.

    The last crumb of a page with a heading is the resource, or the tab after it: those above lead to it.
    """

    name: str
    kind: str
    status: str = ""
    tone: Tone = Tone.IDLE
    view: str = ""

    @property
    def title(self) -> str:
        """What the browser's title begins with."""
        return f"{self.view} · {self.name}" if self.view else self.name

    @property
    def below(self) -> int:
        """How many crumbs at the end the heading stands for."""
        return 2 if self.view else 1
