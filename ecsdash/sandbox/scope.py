from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Scope:
    """One AWS account and region. All state is kept per scope."""

    account: str
    region: str
