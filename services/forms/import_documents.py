"""The form of an import: a text or files, and what was entered for placeholders."""

from typing import Any, Final, cast

from django import forms
from django.http import QueryDict

from services.documents.reading.source import MOST_CHARACTERS

MOST_BYTES: Final = 4 * MOST_CHARACTERS
MOST_FILES: Final = 20
MOST_OF_FILES: Final = 100_000
LONGEST_VALUE: Final = 5_000
#: Ends of the names of files that are the text; the others are environment files of Compose.
TEXT_ENDINGS: Final = (".json", ".yaml", ".yml", ".template", ".jsonc", ".txt")


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Files with their names and texts: {"compose.yaml": "services: ..."}."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> dict[str, str]:
        files = data if isinstance(data, list) else [data] if data else []
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"At most {MOST_FILES} files can be chosen.")
        return {str(file.name): _text(file) for file in files}


class ImportForm(forms.Form):
    """`text` is what was pasted or the main file, `files` are environment files by name, chosen now or before."""

    ONE, SEPARATE = "one", "separate"
    file = _FilesField(
        label="Files",
        required=False,
        help_text="A task definition, a service, a CloudFormation template or a Compose file; with a Compose file, "
        "its environment files too.",
    )
    text = forms.CharField(
        label="Or paste the text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
    )
    tasks = forms.ChoiceField(
        label="Services of a Compose file",
        initial=ONE,
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (ONE, "One task definition | A container for each service. They start and stop together."),
            (SEPARATE, "One task definition for each service | Joined by Service Connect, each scaled by itself."),
        ],
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen: dict[str, str] = data.get("file") or {}
        main = next((name for name in chosen if name.lower().endswith(TEXT_ENDINGS)), "")
        main = main or (next(iter(chosen), "") if not data.get("text", "").strip() else "")
        if main:
            data["text"] = chosen[main]
        data["text"] = data.get("text", "").replace("\r\n", "\n")
        data["files"] = given_files(cast(QueryDict, self.data)) | {
            name: text for name, text in chosen.items() if name != main
        }
        if sum(map(len, data["files"].values())) > MOST_OF_FILES:
            self.add_error("file", f"Environment files have at most {MOST_OF_FILES:,} characters together.")
        if not data["text"].strip() and not self.errors:
            self.add_error("text", "Choose a file or paste a text.")
        return data


def given_files(data: QueryDict) -> dict[str, str]:
    """Return the environment files that were chosen before: the page repeats their names and texts."""
    names, texts = data.getlist("file_name")[:MOST_FILES], data.getlist("file_text")
    return {name: text.replace("\r\n", "\n") for name, text in zip(names, texts, strict=False)}


def entered_values(data: QueryDict) -> dict[str, str]:
    """Return what was entered for placeholders, by name; empty ones are left as they are written."""
    names, values = data.getlist("placeholder_name"), data.getlist("placeholder_value")
    return {name: value[:LONGEST_VALUE] for name, value in zip(names, values, strict=False) if value}


def _text(file: Any) -> str:
    content: bytes = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise forms.ValidationError(f"{file.name} is larger than {MOST_BYTES // 1000} kB.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise forms.ValidationError(f"{file.name} is not UTF-8 text.") from None
