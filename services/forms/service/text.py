"""Services as text: CreateService input as it is typed, or another format that is read into it."""

from typing import Final

from ecsdash.web.forms.document.state import Read
from services.documents.described import SET_ON_SERVICES
from services.documents.kinds import DocumentKind
from services.documents.service.document import OF_THE_CALL
from services.forms.document_text import reader

FOREIGN: Final = SET_ON_SERVICES | {"services", "failures", "service"}
_read: Final = reader(DocumentKind.SERVICE, FOREIGN)


def read(text: str) -> Read:
    """Return the service of a text. Raise JsonSyntaxError. The place of the call is that of the page."""
    found = _read(text)
    return Read({name: value for name, value in found.document.items() if name not in OF_THE_CALL}, found.notes)
