"""An endpoint that implements ECS only, like some emulators."""

from tests.operations.tollgate import Answered, Tollgate

ECS_TARGET = "AmazonEC2ContainerServiceV20141113."
JSON_ERROR = b'{"__type": "UnknownOperationException", "message": "Unknown operation"}'
QUERY_ERROR = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>"
    b"<Message>The action is not valid for this web service.</Message></Error></ErrorResponse>"
)


class EcsOnlyEndpoint(Tollgate):
    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answered:
        target = headers.get("X-Amz-Target", "")
        if target.startswith(ECS_TARGET):
            return super().forward(method, path, headers, body)
        if target:
            return 400, [("Content-Type", "application/x-amz-json-1.1")], JSON_ERROR
        return 400, [("Content-Type", "text/xml")], QUERY_ERROR
