from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import Settings

from ecsdash.web import nav

SCOPE: Any = SimpleNamespace(account=SimpleNamespace(alias="demo"), region="eu-central-1")


def test_the_section_of_the_page_is_active() -> None:
    assert active("/demo/eu-central-1/clusters/shop/") == ["Clusters"]
    assert active("/") == ["Overview"]


def test_a_page_outside_of_all_sections_belongs_to_the_one_of_the_nearest_page_above_it() -> None:
    """The address of an event feed begins with its account and region; its breadcrumbs begin with Settings."""
    assert active("/demo/eu-central-1/events/", "/settings/events/", "/settings/") == ["Settings"]
    review = ["", "/demo/eu-central-1/services/shop/web/scale/", "/demo/eu-central-1/clusters/"]
    assert active("/plans/7f3f/", *review) == ["Services"]
    assert active("/search/") == []


def active(*paths: str) -> list[str]:
    return [section.label for section in nav.sections(paths, SCOPE) if section.active]


def test_without_a_scope_only_global_sections_are_shown() -> None:
    assert [section.label for section in nav.sections(["/"], None)] == ["Overview", "Operations", "Audit", "Settings"]


@pytest.mark.django_db
@pytest.mark.usefixtures("guide")
class TestPreferences:
    def test_the_theme_is_an_attribute_of_the_root_element(self, client: Client) -> None:
        assert 'data-theme="system"' in client.get("/guide/").content.decode()
        client.post("/preferences/theme/", {"theme": "dark", "next": "/guide/"})
        assert 'data-theme="dark"' in client.get("/guide/").content.decode()

    def test_an_unknown_theme_is_refused(self, client: Client) -> None:
        assert client.post("/preferences/theme/", {"theme": "<b>"}).status_code == 400
        client.cookies["theme"] = '"><script>'
        assert 'data-theme="system"' in client.get("/guide/").content.decode()

    def test_a_redirect_to_another_site_is_refused(self, client: Client) -> None:
        answer = client.post("/preferences/theme/", {"theme": "dark", "next": "https://evil.example/"})
        assert answer["Location"] == "/"

    def test_a_get_request_changes_no_preference(self, client: Client) -> None:
        assert client.get("/preferences/theme/?theme=dark").status_code == 405

    def test_rows_per_page_require_sign_in(self, client: Client) -> None:
        assert client.post("/preferences/rows/", {"rows": "25"}).status_code == 302
        assert "rows" not in client.cookies


@pytest.mark.django_db
@pytest.mark.usefixtures("guide")
def test_the_banner_is_on_every_page(client: Client, settings: Settings) -> None:
    settings.BANNER = "SIMULATED AWS"
    for address in ("/guide/", "/account/login/"):
        assert "SIMULATED AWS" in client.get(address).content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("guide")
def test_the_account_is_marked_by_its_environment(client: Client) -> None:
    page = client.get("/guide/").content.decode()
    assert 'class="top env-production"' in page
    assert page.count('class="env-staging"') == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("guide")
@pytest.mark.parametrize("address", ["/guide/", "/guide/people/", "/guide/form/", "/account/login/", "/nowhere/"])
def test_pages_have_one_heading_and_nothing_inline(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    assert page.count("<h1") == 1
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_renders_without_context(code: str) -> None:
    page = render_to_string(f"{code}.html")
    assert page.count("<h1") == 1
    assert 'href="/' in page


def test_every_icon_that_a_template_names_is_installed() -> None:
    from pathlib import Path
    from re import findall

    root = Path(str(finders.find("icons.txt"))).parent.parent
    listed = set((root / "static" / "icons.txt").read_text().split())
    templates = "".join(path.read_text() for path in (root / "templates").rglob("*.html"))
    named = set(findall(r"""{% icon ["']([\w-]+)["']""", templates))
    assert named - listed == set()
