from django import forms

from ecsdash.operations.actions import ActionForm

MOST_TASKS = 5000


class ScaleServiceForm(ActionForm):
    desired_count = forms.IntegerField(
        label="Desired tasks",
        min_value=0,
        max_value=MOST_TASKS,
        help_text="How many tasks ECS keeps running. 0 stops all of them; the service stays.",
        error_messages={
            "max_value": f"A service can have at most {MOST_TASKS} tasks.",
            "min_value": "Fewer than none is not possible. 0 stops all tasks.",
        },
    )
