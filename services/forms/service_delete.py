from typing import Any

from django import forms

from ecsdash.operations.actions import ActionForm
from services.selectors.load_balancers import made_for_service


class DeleteServiceForm(ActionForm):
    """`own` is the load balancing that was created for this service, and may be deleted with it."""

    force = forms.BooleanField(
        required=False, label="Stop its tasks at once, without scaling down first", help_text="Requests may be cut off."
    )
    remove_load_balancer = forms.BooleanField(
        required=False, label="Delete its load balancer, listeners and target groups too"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = made_for_service(self.context.resource)
        if self.own.empty:
            del self.fields["remove_load_balancer"]
        else:
            self.fields["remove_load_balancer"].help_text = f"This also deletes {self.own.words}."
