"""The report of a Compose import: what was carried, changed, and not possible, each with its place in the file."""

from ecsdash.web.forms.document.findings import Finding, FindingLevel


class Misused(ValueError):
    """A value that the Compose Specification does not allow at its place. The message says what is expected."""


class Report:
    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def carried(self, pointer: str, what: str) -> None:
        self.findings.append(Finding(pointer, FindingLevel.OK, what))

    def changed(self, pointer: str, what: str, why: str = "", how: str = "") -> None:
        self.findings.append(Finding(pointer, FindingLevel.WARN, what, why, how))

    def impossible(self, pointer: str, what: str, why: str = "", how: str = "") -> None:
        self.findings.append(Finding(pointer, FindingLevel.BLOCK, what, why, how))

    def says(self, pointer: str) -> bool:
        """Return whether the report has a finding at the place or below it."""
        return any(each.pointer == pointer or each.pointer.startswith(pointer + "/") for each in self.findings)
