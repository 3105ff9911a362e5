"""Form of an action whose data is one JSON document: fields and JSON text are two views of it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from ecsdash.operations.actions import ActionContext, ActionForm
from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document import state as states
from ecsdash.web.forms.document.editing import kind_findings
from ecsdash.web.forms.document.fields import bound_parts
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.rendering import Located, Offers, Rendered, render, sentences
from ecsdash.web.forms.document.state import Document, DocumentForm, State

CONFLICT = "The form and the JSON were both changed. Keep one of them: choose “Use the form” or “Use the JSON”."
BROKEN = "The JSON is not valid, so the form does not show it. Correct the JSON, or choose “Use the form”."


class DocumentActionForm(ActionForm):
    """`document_form` declares the fields. A subclass says where the document begins (`start`), what a field offers
    (`offers`), and what is wrong with a document (`document_findings`).

    `only_findings`: a script posted a change of the form, and shows what is said about the fields that it has.
    `state` is the document. The posted fields are merged into it at once: `data` holds the document only.
    """

    document_form: ClassVar[DocumentForm]
    #: Address of the JSON schema for completion; empty for none.
    schema_url: Any = ""

    json = forms.CharField(
        required=False, strip=False, widget=forms.Textarea(attrs={"rows": 34, "spellcheck": "false"}), label="JSON"
    )
    base = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, context: ActionContext, **kwargs: Any) -> None:
        self.submitted = self.only_findings = False
        if data is None:
            initial = dict(kwargs.get("initial") or {})
            self.state = states.start(self.start(context, initial))
            kwargs["initial"] = {**initial, states.JSON: self.state.text, states.BASE: self.state.base}
        else:
            self.state = states.resolve(self.document_form, data)
            self.submitted = not is_button(data)
            self.only_findings = data.get(states.SYNC) == states.FORM_CHANGED
            data = merged(data, self.state)
        super().__init__(data, context=context, **kwargs)

    def start(self, context: ActionContext, initial: dict[str, Any]) -> Document:
        """Return the document of a form that was just opened. May change the initial values of other fields."""
        return {}

    def offers(self) -> Offers:
        """Return the values that fields offer, by the names in their `options` and `suggestions`."""
        return {}

    def document_findings(self, document: Document) -> Sequence[Finding]:
        """Return what is wrong with a document."""
        return []

    def is_valid(self) -> bool:
        valid = super().is_valid()
        for message in self.side_errors:
            self.add_error(states.JSON, message)
        for each in self.problems:
            self.add_error(None, f"{each.place}: {each.text}" if each.place else each.text)
        return valid and self.state.usable and not self.problems

    @property
    def side_errors(self) -> list[str]:
        """Return why the two sides are not one document; empty if they are."""
        syntax = self.state.syntax
        found = [] if syntax is None else [f"{syntax} {syntax.how}".strip()]
        if self.state.conflict:
            found.append(BROKEN if syntax else CONFLICT)
        return found

    @cached_property
    def findings(self) -> list[Finding]:
        """Return what is wrong with the document. Until it is submitted, empty places are not complained about."""
        by_kind = kind_findings(self.document_form.parts, self.state.document)
        said = {each.pointer for each in by_kind}
        others = [each for each in self.document_findings(self.state.document) if each.pointer not in said]
        found = [*self.state.findings, *by_kind, *others]
        if self.submitted:
            return found
        return [each for each in found if each.level is FindingLevel.OK or self._has_value(each.pointer)]

    @cached_property
    def rendered(self) -> Rendered:
        return render(self.document_form, self.state, self.findings, self.offered)

    @cached_property
    def offered(self) -> Offers:
        return self.offers()

    @property
    def suggested(self) -> Offers:
        """Return the offered values that text fields suggest."""
        wanted = {getattr(bound.part, "suggestions", "") for bound in bound_parts(self.document_form.parts)}
        return {name: values for name, values in self.offered.items() if name in wanted}

    @property
    def problems(self) -> list[Located]:
        """Return the findings that refuse the document."""
        return [each for each in self.rendered.located if each.level is FindingLevel.BLOCK]

    @property
    def remarks(self) -> list[Located]:
        """Return the warnings, and the notes about the document as a whole."""
        return [
            each
            for each in self.rendered.located
            if each.level is FindingLevel.WARN or (each.level is FindingLevel.OK and not each.finding.pointer)
        ]

    @property
    def problem_count(self) -> int:
        return len(self.problems) + len(self.other_errors)

    @property
    def markers(self) -> list[dict[str, Any]]:
        """Return the findings as the JSON editor marks them: at a place, or at a line and column."""
        syntax = self.state.syntax
        if syntax is not None:
            message = f"{syntax.what} {syntax.how}".strip()
            return [{"line": syntax.line, "column": syntax.column, "level": FindingLevel.BLOCK, "message": message}]
        return [
            {"pointer": each.pointer, "level": each.level, "message": sentences(each)}
            for each in self.findings
            if each.level is not FindingLevel.OK
        ]

    @property
    def other_errors(self) -> list[str]:
        """Return the errors that are neither findings nor errors of a field: of the plan."""
        return [str(text) for text in self.non_field_errors()][len(self.problems) :]

    def _has_value(self, pointer: str) -> bool:
        value = pointers.value_at(self.state.document, pointer)
        return not pointer or value not in (pointers.MISSING, None, "", [], {})


def is_button(data: Any) -> bool:
    """Return whether a button of the form or of one of its groups was pressed, or one side is to follow the other: not
    a submit."""
    return any(data.get(name) for name in (states.SYNC, states.OPERATION, "add", "remove"))


def merged(data: Any, state: State) -> QueryDict:
    """Return the posted data with the document in place of its fields and buttons."""
    found: QueryDict = data.copy()
    for name in [name for name in found if name.startswith("/") or name in (states.SYNC, states.OPERATION)]:
        del found[name]
    found[states.JSON], found[states.BASE] = state.text, state.base
    return found
