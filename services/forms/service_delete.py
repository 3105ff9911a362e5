from typing import Any

from django import forms

from ecsdash.operations.actions import ActionForm
from services.selectors.load_balancers import made_for_service


class DeleteServiceForm(ActionForm):
    """`made` is what was made for this very service, and may go with it."""

    force = forms.BooleanField(
        required=False, label="Stop its tasks at once, without scaling down first", help_text="Requests may be cut off."
    )
    remove_load_balancer = forms.BooleanField(required=False, label="Remove the load balancer made for it as well")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made = made_for_service(self.context.resource)
        if self.made.empty:
            del self.fields["remove_load_balancer"]
        else:
            self.fields["remove_load_balancer"].help_text = f"This also deletes {self.made.words}."
