"""A syslog server over TCP or TLS: messages of RFC 5424 with their length before them (RFC 6587).

The protocol has no answer: what was on its way when a connection broke is lost, unless it is in the batch that failed.
"""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult

from ecsdash.audit.sinks.base import SECONDS, Row, SinkError
from ecsdash.audit.verifier import canonical

PRIORITY = 13 * 8 + 6  # facility "log audit", severity "informational"
PORTS = {False: 601, True: 6514}


@dataclass(frozen=True)
class SyslogSink:
    host: str
    port: int
    tls: bool

    @classmethod
    def at(cls, parts: SplitResult) -> "SyslogSink":
        if not parts.hostname:
            raise ValueError("a syslog server's address has the form syslog://host:port or syslog+tls://host:port")
        tls = parts.scheme == "syslog+tls"
        return cls(parts.hostname, parts.port or PORTS[tls], tls)

    @property
    def address(self) -> str:
        return f"{'syslog+tls' if self.tls else 'syslog'}://{self.host}:{self.port}"

    def send(self, stream: str, rows: Sequence[Row]) -> None:
        messages = b"".join(framed(message(stream, row)) for row in rows)
        try:
            with self._connected() as connection:
                connection.sendall(messages)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1)  # the server closes after it has read everything
        except TimeoutError as error:
            raise SinkError(f"The syslog server took longer than {SECONDS} s") from error
        except OSError as error:
            raise SinkError(f"The syslog server cannot be reached ({type(error).__name__})") from error

    def checkpoints(self) -> list[Row]:
        return []

    def _connected(self) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout=SECONDS)
        if not self.tls:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def message(stream: str, row: Row) -> bytes:
    at: datetime = row["at"]
    header = f"<{PRIORITY}>1 {at.isoformat(timespec='microseconds')} - ecsdash - audit-{stream} -"
    return f"{header} {canonical(row)}".encode()


def framed(text: bytes) -> bytes:
    return f"{len(text)} ".encode() + text
