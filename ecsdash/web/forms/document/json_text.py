"""JSON text with places: its value, the line of every member, and syntax errors in plain words."""

import json
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]  # not in the stubs
from typing import Any, Final

from ecsdash.web.forms.document import pointers

DEEPEST: Final = 60
LINE_END: Final = re.compile("\n")
SPACE: Final = re.compile(r"[ \t\r\n]*")
NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,3})?(?![0-9A-Za-z.])")
WORD: Final = re.compile(r"[^\s,:\[\]{}\"]{1,40}")
WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
ALMOST: Final = {"True": "true", "False": "false", "None": "null", "yes": "true", "no": "false", "undefined": "null"}


class JsonSyntaxError(ValueError):
    """The text is not JSON, at this line and column (both from 1)."""

    def __init__(self, what: str, line: int, column: int, how: str = "") -> None:
        super().__init__(f"Line {line}, column {column}: {what}")
        self.what, self.line, self.column, self.how = what, line, column, how


@dataclass
class JsonText:
    """A value, and the offset in the text of every place in it (of a member: where its name begins)."""

    text: str
    value: Any = None
    offsets: dict[str, int] = field(default_factory=dict)

    def line(self, pointer: str) -> int:
        """Return the line of a place, or of the nearest place above that exists."""
        while pointer and pointer not in self.offsets:
            pointer = pointers.parent(pointer)[0]
        return self.text.count("\n", 0, self.offsets.get(pointer, 0)) + 1


def parse(text: str) -> JsonText:
    """Return the JSON value of the text with its places. Raise JsonSyntaxError.

    A doubled key is an error, and so are values that no database can store: NUL and half of a surrogate pair.
    """
    return _Parser(text.replace("\r\n", "\n")).parse()


def parse_beginning(text: str) -> tuple[Any, str]:
    """Return the JSON value with which the text begins, and the text after it. Raise JsonSyntaxError."""
    parser = _Parser(text.replace("\r\n", "\n"))
    return parser.beginning(), parser.text[parser.at :]


def json_lines(text: str) -> dict[str, int]:
    """Return the line of every place of JSON text; empty if it is not JSON."""
    try:
        found = parse(text)
    except JsonSyntaxError:
        return {}
    ends = [match.start() for match in LINE_END.finditer(found.text)]
    return {pointer: bisect_left(ends, offset) + 1 for pointer, offset in found.offsets.items()}


def write(document: Any) -> str:
    """Return a document as indented text."""
    return json.dumps(document, indent=2, ensure_ascii=False)


class _Parser:
    def __init__(self, text: str) -> None:
        self.found = JsonText(text)
        self.text, self.at = text, 0

    def parse(self) -> JsonText:
        self.found.value = self.beginning()
        self._skip()
        if self.at < len(self.text):
            raise self._error("There is text after the end of the JSON.", "Remove it.")
        return self.found

    def beginning(self) -> Any:
        self._skip()
        if self.at == len(self.text):
            raise self._error("The JSON is empty.", "Enter an object: { ... }.")
        return self._value("", 0)

    def _value(self, pointer: str, depth: int) -> Any:
        self.found.offsets.setdefault(pointer, self.at)
        if depth > DEEPEST:
            raise self._error("The JSON is nested too deeply.")
        first = self.text[self.at : self.at + 1]
        if first == "{":
            return self._object(pointer, depth)
        if first == "[":
            return self._array(pointer, depth)
        if first == '"':
            return self._string()
        return self._scalar()

    def _object(self, pointer: str, depth: int) -> dict[str, Any]:
        opened, found = self.at, dict[str, Any]()
        self.at += 1
        while self._more("}", opened, bool(found)):
            start = self.at
            if self.text[self.at : self.at + 1] != '"':
                raise self._error("A name in double quotes is missing here.", 'Write "name": value.')
            name = self._string()
            if name in found:
                first = self.found.line(pointer + pointers.join(name))
                raise self._error(f'"{name}" is set twice: first in line {first}.', "Keep one of them.", start)
            self._skip()
            if not self._take(":"):
                raise self._error(f'A colon is missing after "{name}".')
            self._skip()
            place = pointer + pointers.join(name)
            self.found.offsets[place] = start
            found[name] = self._value(place, depth + 1)
        return found

    def _array(self, pointer: str, depth: int) -> list[Any]:
        opened, found = self.at, list[Any]()
        self.at += 1
        while self._more("]", opened, bool(found)):
            found.append(self._value(pointer + pointers.join(len(found)), depth + 1))
        return found

    def _more(self, closing: str, opened: int, later: bool) -> bool:
        """Return whether another member or entry follows; take the comma before it, or the closing bracket."""
        self._skip()
        if self._take(closing):
            return False
        if not later:
            return self._not_at_end(opened)
        comma = self.at
        if not self._take(","):
            self._not_at_end(opened)
            raise self._error("A comma is missing before this.", "", self._end_of_line_before())
        self._skip()
        if self.text[self.at : self.at + 1] in ("}", "]"):
            raise self._error("There is a comma too many after the last value.", "Remove the comma.", comma)
        return self._not_at_end(opened)

    def _not_at_end(self, opened: int) -> bool:
        if self.at == len(self.text):
            raise self._error(f"The bracket {self.text[opened]} is not closed.", "", opened)
        return True

    def _end_of_line_before(self) -> int:
        """Return the offset of the last character before the current one that is not blank."""
        return max(len(self.text[: self.at].rstrip()) - 1, 0)

    def _string(self) -> str:
        try:
            found: str
            found, end = scanstring(self.text, self.at + 1)
            found.encode()
        except UnicodeEncodeError:
            raise self._error("An escape is no character (half of a surrogate pair).") from None
        except json.JSONDecodeError as error:
            raise self._unreadable_string(error) from None
        if "\0" in found:
            raise self._error("The character NUL cannot be stored.", "Remove it.")
        self.at = end
        return found

    def _unreadable_string(self, error: json.JSONDecodeError) -> JsonSyntaxError:
        if "escape" in error.msg:
            return self._error("A backslash begins an escape that JSON does not have.", r"Write \\ for one.")
        if error.pos < len(self.text) and self.text[error.pos] < " " and self.text[error.pos] != "\n":
            return self._error("A text contains a control character, such as a tab.", r"Write it as an escape: \t.")
        return self._error("A text is not closed in its line.", r"Close the quotation mark; a line break is \n.")

    def _scalar(self) -> Any:
        if match := NUMBER.match(self.text, self.at):
            self.at = match.end()
            number = json.loads(match[0])
            if number in (float("inf"), float("-inf")):
                raise self._error("This number is too large.", "", match.start())
            return number
        match = WORD.match(self.text, self.at)
        word = match[0] if match else ""
        if word in WORDS:
            self.at += len(word)
            return WORDS[word]
        if word in ALMOST:
            raise self._error(f"{word} is not a JSON value.", f"Write {ALMOST[word]}.")
        if word.startswith(("//", "#", "/*")):
            raise self._error("JSON has no comments.", "Remove the comment.")
        if word:
            raise self._error(f"{word} is not a JSON value.", "Write a text in double quotes.")
        raise self._error("A value is missing here.")

    def _skip(self) -> None:
        match = SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _take(self, character: str) -> bool:
        if not self.text.startswith(character, self.at):
            return False
        self.at += 1
        return True

    def _error(self, what: str, how: str = "", at: int | None = None) -> JsonSyntaxError:
        at = self.at if at is None else at
        line = self.text.count("\n", 0, at) + 1
        return JsonSyntaxError(what, line, at - self.text.rfind("\n", 0, at), how)
