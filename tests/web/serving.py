"""Serves the guide of the web kit instead of the product's pages."""

import copy
from pathlib import Path

from django.urls import set_urlconf
from pytest_django import Settings

from tests.web import guide

TEMPLATES = Path(__file__).parent / "templates"


def serve_guide(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.web.urls"
    set_urlconf(None)
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(TEMPLATES)
    settings.TEMPLATES = templates
    guide.STATE.update(count=1, final=False, broken=False, renders=0)
