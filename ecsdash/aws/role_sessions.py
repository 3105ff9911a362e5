"""Sessions of an assumed role: one for each caller, renewed before its credentials expire."""

import threading
from collections import OrderedDict
from typing import Any

from botocore.credentials import (
    Credentials,
    DeferredRefreshableCredentials,
    ReadOnlyCredentials,
)
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from ecsdash.aws.callers import Caller, current
from ecsdash.aws.errors import AwsError, from_botocore_error, from_client_error, from_garbled_answer

#: Sessions kept for a role; the one that was not used for longest makes room.
KEPT = 256


class RoleCredentials(Credentials):
    """Credentials of a role, as botocore's clients use them: each request gets those of its caller's session."""

    def __init__(self, sts: Any, role_arn: str, external_id: str) -> None:
        super().__init__("", "", method="assume-role")
        self._sts, self._role_arn, self._external_id = sts, role_arn, external_id
        self._sessions: OrderedDict[Caller, DeferredRefreshableCredentials] = OrderedDict()
        self._lock = threading.Lock()

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Return the credentials of the current caller. Raise an AwsError if the role cannot be assumed."""
        return self._session(current()).get_frozen_credentials()

    def _session(self, caller: Caller) -> DeferredRefreshableCredentials:
        with self._lock:
            if caller not in self._sessions:
                refresh: Any = lambda: self._assume(caller)  # noqa: E731
                self._sessions[caller] = DeferredRefreshableCredentials(refresh, method="assume-role")
                if len(self._sessions) > KEPT:
                    self._sessions.popitem(last=False)
            self._sessions.move_to_end(caller)
            return self._sessions[caller]

    def _assume(self, caller: Caller) -> dict[str, Any]:
        try:
            issued = self._sts.assume_role(**self._params(caller))["Credentials"]
        except ClientError as error:
            raise _without_effect(from_client_error(error, "sts.assume_role")) from error
        except BotoCoreError as error:
            raise _without_effect(from_botocore_error(error, "sts.assume_role")) from error
        except ResponseParserError as error:
            raise _without_effect(from_garbled_answer(error, "sts.assume_role")) from error
        except AwsError as error:
            raise _without_effect(error) from error
        return {
            "access_key": issued["AccessKeyId"],
            "secret_key": issued["SecretAccessKey"],
            "token": issued["SessionToken"],
            "expiry_time": issued["Expiration"].isoformat(),
        }

    def _params(self, caller: Caller) -> dict[str, str]:
        params = {"RoleArn": self._role_arn, "RoleSessionName": caller.session_name}
        if self._external_id:
            params["ExternalId"] = self._external_id
        if caller.source_identity:
            params["SourceIdentity"] = caller.source_identity
        return params


def _without_effect(error: AwsError) -> AwsError:
    """Mark the error: the call that needed the session was not sent."""
    error.ambiguous = False
    return error
