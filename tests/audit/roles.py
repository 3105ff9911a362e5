"""A database whose roles were made by `manage.py setup_database`, as in production."""

from dataclasses import dataclass

import psycopg

from tests import databases, environment
from tests.processes import manage

OWNER, RUNTIME = f"audit_owner_{environment.PROCESS}", f"audit_runtime_{environment.PROCESS}"
KEYS = "k2:a key of the tests,k1:an older key"


@dataclass(frozen=True)
class Database:
    """A database of this run; `settings` are those of the product, without prefix."""

    name: str

    @property
    def settings(self) -> dict[str, str]:
        return {
            "SECRET_KEY": "only-for-tests-" * 4,
            "DATABASE_URL": self.url(RUNTIME),
            "DATABASE_OWNER_URL": self.url(OWNER),
            "DATABASE_ADMIN_URL": databases.address(self.name),
            "REDIS_URL": environment.REDIS_URL,
            "AUDIT_KEYS": KEYS,
        }

    def url(self, role: str) -> str:
        return databases.address(self.name).replace("postgres://", f"postgres://{role}@", 1)

    def connect(self, role: str | None = None) -> psycopg.Connection:
        """Connect as this role, or as the superuser."""
        return psycopg.connect(
            host=str(environment.DIRECTORY / "postgres"), dbname=self.name, user=role, autocommit=True
        )

    def set_up(self) -> str:
        return manage(self.settings, "setup_database", "--verbosity", "0")

    def shell(self, code: str) -> str:
        """Run Python in the product's Django, as the runtime role."""
        return manage(self.settings, "shell", "--verbosity", "0", "--command", code)
