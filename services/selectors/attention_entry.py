"""One entry under "Needs attention"."""

from dataclasses import dataclass
from datetime import datetime

from ecsdash.web.tone import Tone


@dataclass(frozen=True)
class Attention:
    """One resource that needs attention; `raw` is the message of AWS, `evidence` the facts behind the reason, `key` its
    id on the page. `seen_key` is set for a past failure that the user may mark as seen."""

    tone: Tone
    what: str
    kind: str
    reason: str
    url: str
    where: str
    since: datetime | None = None
    hint: str = ""
    log_url: str = ""
    raw: str = ""
    evidence: tuple[str, ...] = ()
    key: str = ""
    seen_key: str = ""
