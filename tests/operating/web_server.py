"""The real web server with the database of a test."""

from django.db import connection
from pytest_django import Settings
from support import assets, product
from support.environment import clean
from support.processes import LOOPBACK, Family, free_port
from support.servers import wait_for_page

from tests import environment


def start_web(family: Family, settings: Settings, **more: str) -> int:
    """Start the web server. `more` are settings without their prefix. Return its port."""
    port = free_port()
    variables = clean(
        {
            "SECRET_KEY": settings.SECRET_KEY,
            "HTTPS": "false",
            "LOG_LEVEL": "WARNING",
            "DATABASE_URL": f"postgres:///{environment.DIRECTORY / 'postgres'}/{connection.settings_dict['NAME']}",
            "REDIS_URL": environment.REDIS_URL,
            **more,
        }
    )
    assets.ensure(product.ROOT, variables)
    family.start("operating-web", product.web(port), variables, cwd=product.ROOT)
    wait_for_page(family, "operating-web", f"http://{LOOPBACK}:{port}/healthz")
    return port
