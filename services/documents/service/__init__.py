"""The document of a service: the parameters of CreateService, as the state that forms and plans work on.

`document_of` reads it from what ECS describes, `update_of` returns the parameters of UpdateService that make one
document of another, and what UpdateService cannot change; `changes_in_words` are the lines of a review.
"""

from services.documents.service.document import PLAIN_NAMES, document_of, groups_of
from services.documents.service.update import Unchangeable, Update, update_of
from services.documents.service.words import changes_in_words

__all__ = ["PLAIN_NAMES", "Unchangeable", "Update", "changes_in_words", "document_of", "groups_of", "update_of"]
