"""Reading: from a text in any supported format to documents, with notes on everything that is not carried as it is."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from services.documents import compose
from services.documents.reading import answers, cloudformation, placeholders
from services.documents.reading.source import parse
from services.documents.readings import Options, Placeholder, Reading, Unreadable

__all__ = ["Options", "Placeholder", "Reading", "read"]


def read(text: str, options: Options | None = None) -> Reading:
    """Return the documents in the text. It never raises: what cannot be read has one note, and no documents."""
    options = options or Options()
    try:
        source = parse(text)
        reading = _reading(source.value, options)
        documents = tuple(placeholders.filled(each, options.values) for each in reading.documents)
    except Unreadable as error:
        return Reading("", notes=(error.finding,))
    except RecursionError:
        return Reading("", notes=(Unreadable("The text is nested too deeply.").finding,))
    return replace(
        reading,
        documents=documents,
        notes=(*source.notes, *reading.notes),
        placeholders=tuple(_each_once(reading)),
    )


def _reading(value: Any, options: Options) -> Reading:
    if cloudformation.is_template(value):
        return cloudformation.read(value, options)
    if compose.is_project(value):
        return compose.read(value, options)
    return answers.read(value)


def _each_once(reading: Reading) -> Iterator[Placeholder]:
    """Yield the placeholders of the format, then those that are left in the documents."""
    names = set()
    for each in (*reading.placeholders, *placeholders.placeholders(reading.documents)):
        if each.name not in names:
            names.add(each.name)
            yield each
