"""Fork server: imports what many processes need and forks a child for every requested command.

`python -m tests.fork_server SOCKET` imports libraries and the simulated AWS, which need no settings; with `product`
after the socket, the whole product with the settings of its environment. It imports at the first request. It listens
on a Unix socket and accepts one request per connection, a line of JSON: `words` is the command and `environment` its
additional variables; with `log` (a file) the child keeps running in its own process group and the response is its
process ID; otherwise the response is the exit code and the output.
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
from importlib import import_module
from typing import Any

NAME, SANDBOX = "tests.fork_server", "ecsdash.sandbox"
#: Modules that the simulated AWS, workers, beat or management commands need. None of them reads settings.
LIBRARIES = (
    "celery.apps.beat", "celery.apps.worker", "celery.bin.celery", "kombu.transport.redis",
    "django.contrib.postgres.indexes", "django.core.management", "django.db.backends.postgresql.base", "django.forms",
    "ecsdash.sandbox.scenarios", "ecsdash.sandbox.world",
)  # fmt: skip
SERVICES = ("autoscaling", "ec2", "ecs", "elbv2", "iam", "logs")


def main(address: str, imported: str = "libraries") -> None:
    prepare = {"libraries": import_libraries, "product": import_product}[imported]
    prepared = False
    signal.signal(signal.SIGCHLD, reap)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        while True:
            client_socket, _ = server.accept()
            with client_socket, client_socket.makefile() as lines:
                request = lines.readline()  # empty: a connection test
                if request and not prepared:
                    prepare()
                    gc.freeze()
                    assert threading.active_count() == 1
                    prepared = True
                if request and os.fork() == 0:
                    server.close()
                    run_command(json.loads(request), client_socket)


def reap(*_: object) -> None:
    """Reap children that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def import_libraries() -> None:
    """Import LIBRARIES. Nothing is connected and no thread runs before a fork."""
    for name in LIBRARIES:
        import_module(name)


def import_product() -> None:
    import django

    import_libraries()
    django.setup()
    from ecsdash.aws.session import Target, client, forget
    from ecsdash.celery import app

    app.loader.import_default_modules()
    for service in SERVICES:
        client(Target("1", "eu-central-1", "", "", "http://127.0.0.1", "test", "test"), service, retry=False)
    forget()


def run_command(request: dict[str, Any], client_socket: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.argv = request["words"]
    os.environ.update(request["environment"])
    try:
        if "log" in request:
            detach(request["log"], client_socket)
            run()
        else:
            client_socket.sendall(json.dumps(captured()).encode())
    finally:
        sys.stdout.flush()
        os._exit(0)


def detach(log: str, client_socket: socket.socket) -> None:
    """Start a new process group, as Family.start does."""
    os.setsid()
    with open(log, "ab") as file:  # noqa: PTH123
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    client_socket.sendall(str(os.getpid()).encode())
    client_socket.shutdown(socket.SHUT_RDWR)


def run() -> None:
    from celery.__main__ import main as celery
    from django.core.management import execute_from_command_line

    from ecsdash.sandbox.cli import main as sandbox

    if sys.argv[0].endswith("celery"):
        celery()
    elif sys.argv[0] == NAME:
        main(*sys.argv[1:])
    elif sys.argv[0] == SANDBOX:
        sandbox()
    else:
        execute_from_command_line(sys.argv)


def captured() -> tuple[int, str]:
    """Return the exit code of a management command and its output."""
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
    main(*sys.argv[1:])
