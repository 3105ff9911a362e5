"""The cell of an estimated monthly cost."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ecsdash.aws.prices import currency, price_date
from ecsdash.inventory.models import Resource
from ecsdash.web.tables.cells import NOTHING


def monthly_cost(row: Resource, value: float | None) -> SafeString | str:
    """Return the amount with the currency of the region, and the date of the prices on hover."""
    if value is None:
        return NOTHING
    basis = f"Estimate: on-demand list prices of {row.region}, {price_date(row.region)}"
    return format_html('<span class="num" title="{}">{} {}</span>', basis, f"{value:.2f}", currency(row.region))
