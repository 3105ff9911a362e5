"""The target of a permission check."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessTarget:
    """Target of a permission check: account alias, region, cluster name, service name. Empty levels do not apply."""

    account: str = ""
    region: str = ""
    cluster: str = ""
    service: str = ""

    def __str__(self) -> str:
        """The names from the most specific one that a reader needs: `shop/web`, `shop`, `demo / eu-central-1`."""
        inner = "/".join(filter(None, (self.cluster, self.service)))
        return inner or " / ".join(filter(None, (self.account, self.region))) or "the installation"
