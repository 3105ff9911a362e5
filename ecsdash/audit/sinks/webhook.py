"""A web address that receives rows as JSON Lines by POST and answers 2xx once it has stored them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, unquote

from ecsdash.audit.sinks.base import SECONDS, Row, SinkError, number, text


@dataclass(frozen=True)
class WebhookSink:
    """`token` is sent as bearer token: `https://:token@host/path`."""

    https: bool
    host: str
    path: str
    token: str = field(default="", repr=False)

    @classmethod
    def at(cls, parts: SplitResult) -> "WebhookSink":
        if not parts.hostname:
            raise ValueError("a webhook's address has the form https://host/path")
        host = parts.netloc.rpartition("@")[2]
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return cls(parts.scheme == "https", host, path, unquote(parts.password or ""))

    @property
    def address(self) -> str:
        return f"{'https' if self.https else 'http'}://{self.host}{self.path.partition('?')[0]}"

    def send(self, stream: str, rows: Sequence[Row]) -> None:
        headers = {
            "Content-Type": "application/x-ndjson",
            "X-Ecsdash-Stream": stream,
            "X-Ecsdash-First": str(number(stream, rows[0])),
            "X-Ecsdash-Last": str(number(stream, rows[-1])),
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = (HTTPSConnection if self.https else HTTPConnection)(self.host, timeout=SECONDS)
        try:
            connection.request("POST", self.path, text(rows).encode(), headers)
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise SinkError(f"The webhook does not answer ({type(error).__name__})") from error
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise SinkError(f"The webhook answered with status {status}")

    def checkpoints(self) -> list[Row]:
        return []
