from django import forms

from ecsdash.operations.actions import ActionForm


class LeftoversForm(ActionForm):
    service_name = forms.CharField(
        label="Service that was to be created", max_length=255, help_text="What was made in front of it is removed."
    )
