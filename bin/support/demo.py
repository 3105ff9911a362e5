"""The demo: all processes on the loopback interface, all data in one directory."""

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import urlsplit

from support import assets, product
from support.demo_data import DemoData
from support.environment import clean
from support.errors import UnusableError, one_line
from support.processes import LOOPBACK, Family, free_port, is_free
from support.servers import start_valkey, wait_for_page, wait_for_port

DEFAULT_DATA: Final = product.ROOT / ".data"
RESTARTS: Final = 5


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description="Run ecsdash here, against a simulated AWS.")
    parser.add_argument("--port", type=int, default=8000, help="port of the web server on 127.0.0.1 (default 8000)")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="directory for the demo's data")
    parser.add_argument("--reset", action="store_true", help="delete the demo's data and start again")
    parser.add_argument("--no-seed", action="store_true", help="start with an empty AWS account")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds per real second")
    parser.add_argument(
        "--aws-endpoint",
        default="",
        metavar="URL",
        help="use this AWS-compatible endpoint",
    )
    options = parser.parse_args(arguments)
    if not 0 < options.port < 65536:
        parser.error("--port must be between 1 and 65535")
    if options.speed <= 0:
        parser.error("--speed must be greater than 0")
    if options.aws_endpoint and urlsplit(options.aws_endpoint).scheme not in {"http", "https"}:
        parser.error("--aws-endpoint must be a URL that begins with http:// or https://")
    return options


class Demo:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data = DemoData(options.data.resolve())
        self.valkey_port = free_port()
        self.address = f"http://{LOOPBACK}:{options.port}"
        self.restarts = 0

    def run(self) -> None:
        if not is_free(self.options.port):
            raise UnusableError(f"port {self.options.port} is in use; choose another port with --port")
        with self.data.claimed(reset=self.options.reset):
            self.family = Family(self.data.logs)
            try:
                self._start()
                self._watch()
            finally:
                self.family.close()

    def _start(self) -> None:
        """Start the web process and its dependencies first, then worker, beat and events."""
        self.sandbox_port = self.data.sandbox_port()
        self.environment = clean(self._settings())
        start_valkey(self.family, self.data.path / "valkey", self.valkey_port, password=self.data.secret("valkey"))
        if not self.options.aws_endpoint:
            self._start_child("sandbox")
        assets.ensure(product.ROOT, self.environment)
        fresh = self.data.needs_migration()
        seed = self._start_seed(migrate=fresh)
        if fresh:
            self._finish(seed)
        self._start_child("web")
        self._finish(seed)
        wait_for_page(self.family, "web", f"{self.address}/healthz")
        if not self.options.aws_endpoint:
            wait_for_port(self.family, "sandbox", self.sandbox_port)
        self._greet()
        self._start_child("worker")
        self._start_child("beat")
        self._start_child("events")

    def _settings(self) -> dict[str, str]:
        endpoint = self.options.aws_endpoint or f"http://{LOOPBACK}:{self.sandbox_port}"
        return {
            "DEMO": "true",
            "HTTPS": "false",
            "BANNER": f"AWS endpoint {endpoint}" if self.options.aws_endpoint else "SIMULATED AWS",
            "SECRET_KEY": self.data.secret("key"),
            "DATABASE_URL": f"sqlite:///{self.data.path / 'ecsdash.sqlite3'}",
            "REDIS_URL": f"redis://:{self.data.secret('valkey')}@{LOOPBACK}:{self.valkey_port}/0",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "LOG_LEVEL": "WARNING",
        }

    def _commands(self) -> dict[str, list[str]]:
        estate = "empty" if self.options.no_seed else "small"
        speed, state = self.options.speed, self.data.sandbox_state()
        return {
            "sandbox": product.sandbox(self.sandbox_port, speed=speed, estate=estate, state=state),
            "web": product.web(self.options.port),
            "worker": product.worker(),
            "beat": product.beat(),
            "events": product.events(),
        }

    def _start_child(self, name: str) -> None:
        surroundings = clean({}) if name == "sandbox" else self.environment
        self.family.start(name, self._commands()[name], surroundings, cwd=product.ROOT)

    def _start_seed(self, *, migrate: bool) -> str:
        wishes = {
            "--migrate": migrate,
            "--bare": self.options.no_seed,
            "--ask-account": bool(self.options.aws_endpoint),
        }
        flags = [flag for flag, wanted in wishes.items() if wanted]
        password = {"ECSDASH_DEMO_PASSWORD": self.data.password()}
        self.data.link.unlink(missing_ok=True)
        command = product.manage("demo_seed", "--link", str(self.data.link), *flags)
        self.family.start("seed", command, {**self.environment, **password}, cwd=product.ROOT)
        return "seed"

    def _finish(self, name: str) -> None:
        child = self.family.children.pop(name, None)
        if child and child.wait():
            raise UnusableError(f"the demo cannot be prepared: {self.family.last_words(name)}")
        self.data.note_migrations()

    def _greet(self) -> None:
        link = self.data.link.read_text().strip()
        print(f"\n  ecsdash    {self.address}/")
        print(f"  user       demo\n  password   {self.data.password()}")
        print(f"  sign in    {self.address}{link}   (valid once, for 10 minutes)")
        if not self.options.aws_endpoint:
            print(f"  simulated  http://{LOOPBACK}:{self.sandbox_port}/   (controls of the simulated AWS)")
        print("\n  Press Ctrl-C to stop.\n", flush=True)

    def _watch(self) -> NoReturn:
        """Restart processes that end unexpectedly, up to RESTARTS times."""
        while True:
            time.sleep(0.5)
            name = self.family.fallen()
            if name is None:
                continue
            self.restarts += 1
            if name == "valkey" or self.restarts > RESTARTS:
                raise UnusableError(f"{name} ended: {self.family.last_words(name)}")
            print(f"ecsdash: {name} ended and is restarted", file=sys.stderr, flush=True)
            self.family.kill(name)
            self._start_child(name)


def stop(*_: object) -> NoReturn:
    """Exit on the first signal and ignore further ones."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    with one_line():
        Demo(parse(sys.argv[1:])).run()
