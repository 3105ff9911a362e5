"""The part of a page's URL that belongs to one table: filter, sort order, page, columns."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest

from ecsdash.web.polling import fragments

#: Parameters that request something other than the page, so no link carries them on.
NOT_CARRIED: Final = ("fragment", "format", "menu", "choose", "arranged")


@dataclass(frozen=True)
class TableAddress:
    """`prefix` distinguishes the parameters of several tables on one page."""

    request: HttpRequest
    prefix: str

    def parameter(self, name: str) -> str:
        """Return a parameter of this table, without the prefix in `name`; empty when it is not set."""
        return self.request.GET.get(self.prefix + name, "").strip()

    def personal(self, name: str) -> str:
        """Return a parameter that the polls of this table carry for the person who opened the page."""
        personal_name = f"{fragments.PERSONAL_PREFIX}{self.prefix}{name}"
        return self.request.GET.get(personal_name, "") if fragments.is_poll(self.request) else ""

    def add_personal(self, name: str, value: str) -> None:
        """Add a parameter to the polls of this table that no link shows."""
        fragments.add_poll_parameter(self.request, f"{fragments.PERSONAL_PREFIX}{self.prefix}{name}", value)

    def url(self, **changes: str) -> str:
        """Return the URL of this page with some parameters of the table changed. Empty parameters are left out."""
        parameters = {name: values for name, values in self.request.GET.lists() if self._is_carried(name)}
        parameters |= {self.prefix + name: [value] for name, value in changes.items()}
        kept = {name: values for name, values in parameters.items() if values != [""]}
        return f"{self.request.path}?{urlencode(kept, doseq=True)}" if kept else self.request.path

    def without(self, *names: str) -> list[tuple[str, str]]:
        """Return the (name, value) pairs of the URL's parameters without these of the table, for a form's hidden
        fields."""
        left_out = {self.prefix + name for name in names}
        carried = [(name, values) for name, values in self.request.GET.lists() if self._is_carried(name)]
        return [(name, value) for name, values in carried if name not in left_out for value in values]

    def _is_carried(self, name: str) -> bool:
        own = name.removeprefix(self.prefix)
        return name not in NOT_CARRIED and own not in NOT_CARRIED and not name.startswith(fragments.PERSONAL_PREFIX)
