import re

import pytest
from django.test import Client

from ecsdash.web.polling import fragments
from tests.web.guide import STATE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("guide")]


def test_a_request_without_fragment_returns_the_whole_page(client: Client) -> None:
    page = client.get("/guide/live/").content.decode()
    assert "<h1>" in page
    assert 'id="counter"' in page


def test_a_fragment_is_the_section_only(client: Client) -> None:
    body = client.get("/guide/live/?fragment=counter").content.decode().strip()
    assert body.startswith("<section")
    assert body.endswith("</section>")
    assert "<h1>" not in body


def test_an_unknown_fragment_is_not_found(client: Client) -> None:
    assert client.get("/guide/live/?fragment=secrets").status_code == 404


def test_an_unchanged_version_is_answered_without_rendering(client: Client) -> None:
    tag = client.get("/guide/live/?fragment=counter")["HX-PTag"]
    STATE["renders"] = 0
    answer = client.get("/guide/live/?fragment=counter", headers={"HX-PTag": tag})
    assert (answer.status_code, answer.content, STATE["renders"]) == (304, b"", 0)


def test_a_new_version_is_answered_with_the_section(client: Client) -> None:
    tag = client.get("/guide/live/?fragment=counter")["HX-PTag"]
    STATE["count"] = 2
    answer = client.get("/guide/live/?fragment=counter", headers={"HX-PTag": tag})
    assert answer.status_code == 200
    assert b"<b>2</b>" in answer.content


def test_the_first_poll_of_an_unchanged_page_is_answered_without_a_body(client: Client) -> None:
    page = client.get("/guide/live/").content.decode()
    tag = re.search(r'data-tag="(\w+)"', page)
    assert tag
    assert client.get("/guide/live/?fragment=counter", headers={"HX-PTag": tag[1]}).status_code == 304


def test_a_final_fragment_stops_the_polls(client: Client) -> None:
    STATE["final"] = True
    body = client.get("/guide/live/?fragment=counter").content.decode()
    assert 'id="counter"' in body
    assert "hx-trigger" not in body


def test_polls_have_the_parameters_of_their_page(client: Client) -> None:
    body = client.get("/guide/people/?q=web&sort=-email").content.decode()
    assert 'hx-get="/guide/people/?q=web&amp;sort=-email&amp;fragment=people-section"' in body


def test_without_a_version_the_content_is_compared(client: Client) -> None:
    tag = client.get("/guide/people/?fragment=people-section")["HX-PTag"]
    again = client.get("/guide/people/?fragment=people-section", headers={"HX-PTag": tag})
    other = client.get("/guide/people/?fragment=people-section&q=x", headers={"HX-PTag": tag})
    assert (again.status_code, other.status_code) == (304, 200)


def test_form_tokens_and_relative_times_do_not_change_the_tag() -> None:
    first = '<time datetime="2030" data-ago>3 s ago</time><input name="csrfmiddlewaretoken" value="a">'
    second = '<time datetime="2030" data-ago>4 s ago</time><input name="csrfmiddlewaretoken" value="b">'
    third = '<time datetime="2031" data-ago>4 s ago</time><input name="csrfmiddlewaretoken" value="b">'
    assert fragments.content_tag(first) == fragments.content_tag(second) != fragments.content_tag(third)
    counted = ['<time datetime="2030" data-elapsed>3 s</time>', '<time datetime="2030" data-elapsed>4 s</time>']
    assert fragments.content_tag(counted[0]) == fragments.content_tag(counted[1])
    ended = ['<time datetime="2030">3 s</time>', '<time datetime="2030">4 s</time>']
    assert fragments.content_tag(ended[0]) != fragments.content_tag(ended[1])
