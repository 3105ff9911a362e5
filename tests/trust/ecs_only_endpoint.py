"""An endpoint that implements ECS only, like some emulators."""

from tests.operations.tollgate import Answered, Tollgate

ECS_TARGET = "AmazonEC2ContainerServiceV20141113."
JSON_ERROR = b'{"__type": "UnknownOperationException", "message": "Unknown operation"}'
QUERY_ERROR = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>"
    b"<Message>The action is not valid for this web service.</Message></Error></ErrorResponse>"
)


def _cbor(text: str) -> bytes:
    """Return a text of less than 256 bytes in CBOR (RFC 8949)."""
    return bytes([0x78, len(text)]) + text.encode()


CBOR_ERROR = bytes([0xA1]) + _cbor("__type") + _cbor("UnknownOperationException")


class EcsOnlyEndpoint(Tollgate):
    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answered:
        target = headers.get("X-Amz-Target", "")
        if target.startswith(ECS_TARGET):
            return super().forward(method, path, headers, body)
        if target:
            return 400, [("Content-Type", "application/x-amz-json-1.1")], JSON_ERROR
        if "rpc-v2-cbor" in headers.values():  # CloudWatch
            protocol = ("smithy-protocol", "rpc-v2-cbor")
            return 400, [("Content-Type", "application/cbor"), protocol], CBOR_ERROR
        if path.partition("?")[0] != "/":  # services with an address for each call
            return 404, [("Content-Type", "application/json")], JSON_ERROR
        return 400, [("Content-Type", "text/xml")], QUERY_ERROR
