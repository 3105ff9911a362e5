"""Documents as text: parameters of the call as they are typed, or another format that is read into them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ecsdash.aws import shapes
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.json_text import JsonSyntaxError, parse
from ecsdash.web.forms.document.state import Read
from services.documents import reading
from services.documents.kinds import DocumentKind

BYTE_ORDER_MARK: Final = "\ufeff"


def reader(kind: DocumentKind, foreign: frozenset[str]) -> Callable[[str], Read]:
    """Return the function that reads a text into a document of this kind. It raises JsonSyntaxError.

    Members of the API stay as they were typed. Of other formats (an answer of ECS, CloudFormation, Compose) the first
    document of the kind is read, with notes about what was changed. `foreign` are members that only others have.
    """

    def read(text: str) -> Read:
        text = text.removeprefix(BYTE_ORDER_MARK)
        try:
            value = parse(text).value
        except JsonSyntaxError:
            begins = text.lstrip()[:1]
            if begins not in ("{", "[") and (found := _converted(text, kind)):
                return found
            raise
        if isinstance(value, Mapping) and not _is_other_format(value, kind, foreign):
            return Read(dict(value))
        found = _converted(text, kind)
        if found is None:
            raise JsonSyntaxError(f"This is not a {kind}.", 1, 1, "Begin with { and end with }.")
        return found

    return read


def _is_other_format(value: Mapping[str, Any], kind: DocumentKind, foreign: frozenset[str]) -> bool:
    """Return whether an object is no input of the call, by its members."""
    known = set(shapes.members(kind.call)) & value.keys()
    return bool(value.keys() & foreign) or (bool(value) and not known)


def _converted(text: str, kind: DocumentKind) -> Read | None:
    found = reading.read(text)
    documents = [each for each in found.documents if each.kind is kind]
    if not documents:
        return None
    notes = [Finding("", FindingLevel.WARN, each.what, each.why, each.how) for each in found.notes]
    if len(found.documents) > 1:
        notes.append(Finding("", FindingLevel.WARN, f"The text has several documents: this is its first {kind}."))
    return Read(documents[0].content, notes)
