from django import forms

from ecsdash.operations.actions import ActionForm


class LeftoversForm(ActionForm):
    service_name = forms.CharField(
        label="Service name", max_length=255, help_text="Its load balancer, listeners and target groups are removed."
    )
