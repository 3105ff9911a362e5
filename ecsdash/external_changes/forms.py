from django import forms


class KeepForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        help_text="Stored in the audit trail with your name.",
        error_messages={"required": "Say why this change is kept."},
    )
