"""Ownership rules as CSV: reading a file, and comparing it with the rules that exist.

The columns are those of the exported table. All lines are correct or nothing is imported.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from ecsdash.access.models import OwnershipRule
from ecsdash.access.rule_forms import RuleForm
from ecsdash.access.rule_values import KIND_LABELS, KnownNames, RuleValues
from ecsdash.web.tables import csv_export

#: Field -> heading of its column.
HEADINGS: Final = {
    "account": "Account",
    "kind": "Kind",
    "pattern": "Name pattern",
    "tag_key": "Tag key",
    "tag_value": "Tag value",
    "owner": "Owner",
    "note": "Note",
}
FIELDS: Final = {heading.lower(): name for name, heading in HEADINGS.items()}
KINDS_BY_LABEL: Final = {label.lower(): kind for kind, label in KIND_LABELS.items()}
DELIMITERS: Final = ",;\t"
MAX_BYTES: Final = 500_000
MAX_RULES: Final = 2000
MAX_ERRORS: Final = 50


class UnreadableFile(Exception):
    """The file cannot be read as a table of rules; the message says why."""


@dataclass(frozen=True)
class LineError:
    """`line` is the number of the line in the file, from 1 for the headings."""

    line: int
    text: str


@dataclass
class RuleFile:
    """The rules of a file. `errors` of at most MAX_ERRORS lines; then nothing may be imported."""

    rules: list[RuleValues] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """An existing rule and its new values."""

    rule: OwnershipRule
    before: RuleValues
    after: RuleValues


@dataclass(frozen=True)
class Comparison:
    """What an import does: rules to add, to change and to remove; `kept` counts the others."""

    added: list[RuleValues]
    changed: list[Change]
    removed: list[OwnershipRule]
    kept: int

    @property
    def number(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)

    @property
    def digest(self) -> str:
        """Hash of everything that the import would write, so that what was reviewed is what is applied."""
        changed = [(change.rule.pk, change.before, change.after) for change in self.changed]
        removed = [(rule.pk, RuleValues.of(rule)) for rule in self.removed]
        return sha256(repr((self.added, changed, removed)).encode()).hexdigest()


def decoded(content: bytes) -> str:
    """Return the text of an uploaded file. Raise UnreadableFile."""
    if len(content) > MAX_BYTES:
        raise UnreadableFile(f"The file is larger than {MAX_BYTES // 1000} kB.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile("The file is not UTF-8 text. Save it as “CSV UTF-8”.") from None


def read(text: str, known: KnownNames) -> RuleFile:
    """Read and check every line. Raise UnreadableFile when the file has no table of rules."""
    if len(text.encode()) > MAX_BYTES:
        raise UnreadableFile(f"The text is larger than {MAX_BYTES // 1000} kB.")
    file, lines_by_rule = RuleFile(), dict[tuple[str, ...], int]()
    for line, row in _rows(text):
        form = RuleForm(known, _as_form_data(row))
        if not form.is_valid():
            file.errors.append(LineError(line, _complaint(form)))
        elif first := lines_by_rule.get((*form.values.things, form.values.owner)):
            file.errors.append(LineError(line, f"This rule is in line {first} already."))
        else:
            lines_by_rule[*form.values.things, form.values.owner] = line
            file.rules.append(form.values)
        if len(file.errors) == MAX_ERRORS:
            break
        if len(file.rules) > MAX_RULES:
            raise UnreadableFile(f"The file has more than {MAX_RULES:,} rules. Import it in several parts.")
    if not file.rules and not file.errors:
        raise UnreadableFile("The file has no rules below its headings.")
    return file


def compare(wanted: Sequence[RuleValues], existing: Sequence[OwnershipRule], *, replace: bool) -> Comparison:
    """Compare the rules of a file with those that exist.

    Rules about the same things and of the same owner are the same rule. Where one owner is left in the file and one
    here, the owner changes. `replace`: remove the rules that are not in the file.
    """
    rest: dict[tuple[str, ...], list[tuple[OwnershipRule, RuleValues]]] = {}
    for rule in existing:
        values = RuleValues.of(rule)
        rest.setdefault(values.things, []).append((rule, values))
    added: list[RuleValues] = []
    changed: list[Change] = []
    unmatched: dict[tuple[str, ...], list[RuleValues]] = {}
    for values in wanted:
        same = next((each for each in rest.get(values.things, ()) if each[1].owner == values.owner), None)
        if same is None:
            unmatched.setdefault(values.things, []).append(values)
            continue
        rest[values.things].remove(same)
        if same[1] != values:
            changed.append(Change(*same, values))
    for things, news in unmatched.items():
        olds = rest.get(things, [])
        if len(news) == len(olds) == 1:
            changed.append(Change(*olds.pop(), news[0]))
        else:
            added += news
    left = [rule for olds in rest.values() for rule, _ in olds]
    removed = left if replace else []
    return Comparison(added, changed, removed, len(existing) - len(changed) - len(removed))


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line number and the values by field of each line that is not empty."""
    text = text.removeprefix("\ufeff").lstrip("\r\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        fields = _fields(next(reader, []))
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                values = (csv_export.read_cell(cell) for cell in cells)
                yield line, {name: value for name, value in zip(fields, values, strict=False) if name}
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(f"Line {reader.line_num} is not CSV: {error}.") from None


def _delimiter(text: str) -> str:
    """Return the separator that is most frequent in the headings."""
    headings = text.partition("\n")[0]
    return max(DELIMITERS, key=headings.count)


def _fields(headings: Sequence[str]) -> list[str]:
    """Return the field of each column, empty for other columns. Raise UnreadableFile when one is missing."""
    fields = [FIELDS.get(heading.strip().lower(), "") for heading in headings]
    missing = [heading for name, heading in HEADINGS.items() if name not in fields]
    if missing:
        raise UnreadableFile(
            f"The first line has no column “{missing[0]}”. It must name these columns: {', '.join(HEADINGS.values())}."
        )
    return fields


def _as_form_data(row: dict[str, str]) -> dict[str, str]:
    kind = row.get("kind", "").strip().lower()
    return {**row, "kind": KINDS_BY_LABEL.get(kind, kind)}


def _complaint(form: RuleForm) -> str:
    parts = [f"{HEADINGS[name]}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
    return " ".join(parts)
