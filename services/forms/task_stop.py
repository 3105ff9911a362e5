from django import forms

from ecsdash.operations.actions import ActionForm


class StopTaskForm(ActionForm):
    reason = forms.CharField(
        max_length=1024, required=False, help_text="ECS keeps it with the task and shows it as the reason it stopped."
    )
