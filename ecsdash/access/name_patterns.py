"""Fields for name patterns, `*` for any characters and `?` for one, of things whose names AWS allows more characters
in than those of clusters and services."""

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

#: IAM allows these characters in the names of roles, and a comma, for which a pattern has to write `?`.
role_pattern_validator = RegexValidator(
    r"\A[\w+=.@*?-]+\Z",
    "“%(value)s” is not a role name or pattern. Enter names such as shop-*: * matches any characters, ? matches one "
    "character. Leave out the path and the ARN before the name.",
)
printable_validator = RegexValidator(r"\A[^\x00-\x1f\x7f]*\Z", "Remove line breaks and control characters.")
MAX_ROLE_NAME: Final = 64  # characters, as in IAM
MAX_PATTERNS: Final = 50
SEPARATOR = re.compile(r"[,\n]")


class RolePatternsField(forms.CharField):
    """Name patterns of IAM roles, one on each line or with commas between them. The cleaned value is a list."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return list(dict.fromkeys(part.strip() for part in SEPARATOR.split(text) if part.strip()))

    def validate(self, value: list[str]) -> None:
        super().validate(" ".join(value))
        if len(value) > MAX_PATTERNS:
            raise ValidationError(f"{len(value)} patterns, at most {MAX_PATTERNS} are allowed. Use * to shorten them.")
        for pattern in value:
            if len(pattern) > MAX_ROLE_NAME:
                raise ValidationError(f"“{pattern[:20]}…” has more than {MAX_ROLE_NAME} characters.")
            role_pattern_validator(pattern)
