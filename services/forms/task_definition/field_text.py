"""Conversion between text of a form field and the lists of the ECS API."""

import shlex

from django import forms

from ecsdash.web import parsing


def words_of(text: str) -> list[str]:
    """Return the words of a command in shell syntax or as a JSON list. Raise ValidationError."""
    text = text.strip()
    if text.startswith("["):
        return _json_words(text)
    try:
        return shlex.split(text)
    except ValueError as error:
        raise forms.ValidationError("A quotation mark is not closed. Close it, or enter a JSON list.") from error


def _json_words(text: str) -> list[str]:
    try:
        words = parsing.json_value(text)
    except ValueError as error:
        raise forms.ValidationError('This is not a JSON list. Enter ["sh", "-c", "…"].') from error
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise forms.ValidationError('Every element must be a string: ["sh", "-c", "…"].')
    return words


def environment_of(text: str) -> list[dict[str, str]]:
    """Return the variables of `NAME=value` lines. Raise ValidationError that names the line."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, sign, value = line.partition("=")
        if not line.strip():
            continue
        if not sign or not name.strip():
            raise forms.ValidationError(f"Line {number} is not NAME=value.")
        if name.strip() in found:
            raise forms.ValidationError(f"Line {number}: {name.strip()} is set twice.")
        found[name.strip()] = value
    return [{"name": name, "value": value} for name, value in found.items()]
