"""Has imported the product, and forks a child for every command that it is asked to run.

`python -m tests.mother SOCKET` answers on a socket of the file system, one request each connection: a line of JSON
with the `words` of the command, `log` (a file: the child runs on, in a process group of its own, and its process id
is the answer) or `environment` (more variables: the answer is the exit code and what was printed).
"""

import contextlib
import gc
import io
import json
import os
import signal
import socket
import sys
import threading
import traceback
from typing import Any

SERVICES = ("autoscaling", "ec2", "ecs", "elbv2", "iam", "logs")


def main(address: str) -> None:
    prepare()
    signal.signal(signal.SIGCHLD, bury)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        while True:
            caller, _ = door.accept()
            with caller, caller.makefile() as lines:
                request = lines.readline()  # empty: somebody only looked whether we are there
                if request and os.fork() == 0:
                    door.close()
                    become(json.loads(request), caller)


def bury(*_: object) -> None:
    """Take note of children that ended, so that nothing of them is left."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def prepare() -> None:
    """Import what workers, beat and management commands need. Nothing is connected and no thread runs before a fork."""
    import celery.apps.beat
    import celery.apps.worker
    import celery.bin.celery  # noqa: F401
    import django
    import kombu.transport.redis  # noqa: F401

    django.setup()
    from ecsdash.aws.session import Target, client, forget
    from ecsdash.celery import app

    app.loader.import_default_modules()
    for service in SERVICES:
        client(Target("1", "eu-central-1", "", "", "http://127.0.0.1", "test", "test"), service, retry=False)
    forget()
    gc.freeze()
    assert threading.active_count() == 1


def become(request: dict[str, Any], caller: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.argv = request["words"]
    try:
        if "log" in request:
            leave(request["log"], caller)
            run()
        else:
            os.environ.update(request["environment"])
            caller.sendall(json.dumps(told()).encode())
    finally:
        sys.stdout.flush()
        os._exit(0)


def leave(log: str, caller: socket.socket) -> None:
    """A process group of its own, as `Family.start` makes it."""
    os.setsid()
    with open(log, "ab") as kept:  # noqa: PTH123
        os.dup2(kept.fileno(), 1)
        os.dup2(kept.fileno(), 2)
    caller.sendall(str(os.getpid()).encode())
    caller.shutdown(socket.SHUT_RDWR)


def run() -> None:
    from celery.__main__ import main as celery
    from django.core.management import execute_from_command_line

    if sys.argv[0].endswith("celery"):
        celery()
    else:
        execute_from_command_line(sys.argv)


def told() -> tuple[int, str]:
    """The exit code of a management command and what it printed."""
    code, printed = 0, io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            run()
        except SystemExit as end:
            code = int(end.code or 0)
        except Exception:
            code = 1
            traceback.print_exc()
    return code, printed.getvalue()


if __name__ == "__main__":
    main(sys.argv[1])
