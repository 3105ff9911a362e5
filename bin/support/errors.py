"""Errors that the user can fix: one line on standard error and exit code 2."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

UNUSABLE: Final = 2
FULL: Final = (errno.ENOSPC, errno.EDQUOT)
NOT_WRITABLE: Final = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST)
NO_NETWORK: Final = (
    "name resolution",
    "could not connect",
    "connection refused",
    "connecterror",
    "newconnectionerror",
    "network is unreachable",
    "dns error",
    "eai_again",
    "enotfound",
    "econnrefused",
    "etimedout",
    "tcp connect error",
)


class UnusableError(Exception):
    """The command cannot continue; the message is one line with the reason and the remedy."""


@contextmanager
def one_line() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except UnusableError as reason:
        print(f"ecsdash: {reason}", file=sys.stderr)
        raise SystemExit(UNUSABLE) from None
    except OSError as error:
        if not (explained := _explain(error)):
            raise
        print(f"ecsdash: {explained}", file=sys.stderr)
        raise SystemExit(UNUSABLE) from None


def _explain(error: OSError) -> str:
    """Return the reason of an error that the user can fix; empty for others."""
    if error.errno in FULL:
        return "the disk is full"
    if error.errno in NOT_WRITABLE and error.filename:
        return f"{error.filename} cannot be written: {error.strerror}"
    return ""


def explain_install(output: str) -> str:
    """Return the likely cause of a failed installation, from its output."""
    lowered = output.lower()
    if "no space left" in lowered or "enospc" in lowered:
        return "the disk is full"
    if any(sign in lowered for sign in NO_NETWORK):
        return "the package registry cannot be reached; the first set-up needs a network"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"
