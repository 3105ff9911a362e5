"""The backend: Django's own, with `Pool` in place of psycopg's."""

from threading import Lock
from typing import Any, ClassVar

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from ecsdash.postgresql.pool import Pool


def forget_connections() -> None:
    """Close the connections of all pools that are not in use."""
    for pool in DatabaseWrapper._pools.values():
        pool.close()


class DatabaseWrapper(base.DatabaseWrapper):
    """`OPTIONS["connections"]` is the size of the pool. All threads of a process share it."""

    _pools: ClassVar[dict[tuple[object, ...], Pool]] = {}
    _lock: ClassVar[Lock] = Lock()
    _taken_from: Pool | None = None

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        parameters.pop("connections", None)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self._size is None:
            return super().get_new_connection(conn_params)
        self.isolation_level = IsolationLevel.READ_COMMITTED
        with self._lock:
            pool = self._pools.get(self._key)
            if pool is None:
                pool = self._pools[self._key] = Pool(lambda: self.Database.connect(**conn_params), self._size)
        self._taken_from = pool
        return pool.take()

    def close_pool(self) -> None:
        with self._lock:
            pool = self._pools.pop(self._key, None)
        if pool is not None:
            pool.close()

    def _close(self) -> None:
        if self.connection is None or self._taken_from is None:
            super()._close()  # type: ignore[misc]  # not in the stubs
            return
        connection, self.connection = self.connection, None
        with self.wrap_database_errors:
            self._taken_from.give_back(connection)

    @property
    def _size(self) -> int | None:
        size: int | None = self.settings_dict["OPTIONS"].get("connections")
        return None if self.alias == NO_DB_ALIAS else size

    @property
    def _key(self) -> tuple[object, ...]:
        return tuple(self.settings_dict[name] for name in ("HOST", "PORT", "USER", "NAME"))
