"""The pool of database connections: broken ones are replaced, and nobody waits for a database that is away."""

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import psycopg
import pytest
from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus

from ecsdash.postgresql import pool as pools
from ecsdash.postgresql.pool import AWAY_SECONDS, IDLE_SECONDS, Pool
from tests import environment
from tests.clock import Clock


class Server:
    """Connects to the PostgreSQL of the tests, or refuses to."""

    def __init__(self) -> None:
        self.away, self.tries = False, 0

    def connect(self) -> Connection:
        self.tries += 1
        if self.away:
            raise OperationalError("refused")
        return psycopg.connect(host=str(environment.DIRECTORY / "postgres"), dbname="postgres")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pools, "time", SimpleNamespace(monotonic=clock))
    return clock


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def pool(server: Server, clock: Clock) -> Iterator[Pool]:
    pool = Pool(server.connect, 2)
    yield pool
    pool.close()


def pid(connection: Connection) -> int:
    return connection.info.backend_pid


def cut(*connections: Connection) -> None:
    """Have the server end them, and wait until it has."""
    with psycopg.connect(host=str(environment.DIRECTORY / "postgres"), dbname="postgres", autocommit=True) as other:
        for each in connections:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid(each)])


def test_a_connection_is_used_again(pool: Pool, server: Server) -> None:
    first = pool.take()
    pool.give_back(first)
    assert pool.take() is first
    assert server.tries == 1
    pool.give_back(first)


def test_a_transaction_left_open_is_rolled_back(pool: Pool) -> None:
    first = pool.take()
    first.execute("SELECT 1")
    pool.give_back(first)
    assert first.info.transaction_status == TransactionStatus.IDLE


def test_connections_that_the_server_cut_are_replaced(pool: Pool) -> None:
    first, second = pool.take(), pool.take()
    pool.give_back(first)
    pool.give_back(second)
    cut(first, second)
    third = pool.take()
    assert third.execute("SELECT 1").fetchone() == (1,)
    assert third not in (first, second)
    pool.give_back(third)


def test_a_connection_that_broke_in_use_is_not_kept(pool: Pool, server: Server) -> None:
    first = pool.take()
    cut(first)
    with pytest.raises(OperationalError):
        first.execute("SELECT 1")
    pool.give_back(first)
    pool.give_back(pool.take())
    assert server.tries == 2


def test_after_a_failure_nobody_tries_for_a_second(pool: Pool, server: Server, clock: Clock) -> None:
    server.away = True
    for _ in range(3):
        with pytest.raises(OperationalError):
            pool.take()
    assert server.tries == 1
    clock.sleep(AWAY_SECONDS)
    server.away = False
    pool.give_back(pool.take())
    assert server.tries == 2


def test_while_one_thread_tries_again_the_others_get_the_error_at_once(
    pool: Pool, server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.away = True
    with pytest.raises(OperationalError):
        pool.take()
    clock.sleep(AWAY_SECONDS)
    server.away = False
    trying, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(pool, "_connect", _slowly(server.connect, trying, go_on))
    slow = threading.Thread(target=lambda: pool.give_back(pool.take()))
    slow.start()
    assert trying.wait(10)
    with pytest.raises(OperationalError, match="a moment ago"):
        pool.take()
    go_on.set()
    slow.join(10)
    pool.give_back(pool.take())
    assert server.tries == 2


def _slowly(connect: Callable[[], Connection], trying: threading.Event, go_on: threading.Event) -> object:
    def slow_connect() -> Connection:
        trying.set()
        go_on.wait(10)
        return connect()

    return slow_connect


def test_when_all_are_in_use_the_error_says_so(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "FREE_SECONDS", 0.01)
    taken = [pool.take(), pool.take()]
    with pytest.raises(OperationalError, match="all 2 connections"):
        pool.take()
    for each in taken:
        pool.give_back(each)


def test_unused_connections_are_closed(pool: Pool, clock: Clock) -> None:
    first, second = pool.take(), pool.take()
    pool.give_back(first)
    clock.sleep(IDLE_SECONDS + 1)
    pool.give_back(second)
    assert first.closed
    assert not second.closed
