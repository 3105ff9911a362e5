"""The columns that a person sees: stored with the user, named in a URL, or requested by polls."""

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ecsdash.access.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("guide")]
PEOPLE = "/guide/people/"
DEFAULT = ["User", "State", "Email", "Number", "Joined"]


@pytest.fixture
def ann() -> Client:
    return signed_in("ann")


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.create(username=name, email=f"{name}@shop.example"))
    return client


def headers(client: Client, address: str = PEOPLE) -> list[str]:
    page = client.get(address).content.decode()
    return re.findall(r'<th scope="col"\s+class="[^"]*"[^>]*>(?:<a[^>]*>)?([^<]+)', page)


def save(
    client: Client, *columns: str, order: str = "username state email id date_joined first_name", **more: str
) -> Any:
    words = {"table": "people", "next": PEOPLE, "act": "save", **more}
    return client.post("/preferences/columns/", {**words, "order": order.split(), "columns": columns})


def polled(client: Client, address: str = PEOPLE) -> str:
    """Return the URL that the live section of a page polls."""
    found = re.search(r'hx-get="([^"]+fragment=people-section)"', client.get(address).content.decode())
    assert found
    return found[1].replace("&amp;", "&")


def test_chosen_columns_and_their_order_are_stored_for_one_person_only(ann: Client) -> None:
    assert headers(ann) == DEFAULT
    assert save(ann, "id", "state", order="username id state email date_joined first_name")["Location"] == PEOPLE
    assert headers(ann) == ["User", "Number", "State"]
    assert headers(signed_in("bob")) == DEFAULT


def test_chosen_columns_need_no_extra_query(ann: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            ann.get(PEOPLE)
        return len(found)

    before = queries()
    save(ann, "id")
    assert queries() == before


def test_a_reset_deletes_the_choice(ann: Client) -> None:
    save(ann, "id")
    save(ann, act="reset")
    assert headers(ann) == DEFAULT
    assert User.objects.get(username="ann").preferences == {"columns": {}}


def test_a_url_that_names_columns_shows_them_to_everybody(ann: Client) -> None:
    save(ann, "id")
    address = save(ann, "email", "first_name", act="show")["Location"]
    assert address == "/guide/people/?columns=username%2Cemail%2Cfirst_name"
    assert headers(ann, address) == headers(signed_in("bob"), address) == ["User", "Email", "First name"]
    assert headers(ann) == ["User", "Number"], "the choice must not be stored"
    assert headers(ann, "/guide/people/?columns=secret") == ["User", "Number"], "unknown columns must be ignored"


def test_polls_request_the_columns_of_the_page_whoever_the_user_is(ann: Client) -> None:
    save(ann, "id")
    address = polled(ann)
    assert "own-columns=username%2Cid" in address
    assert headers(ann, address) == headers(signed_in("bob"), address) == ["User", "Number"]
    assert headers(ann, "/guide/people/?fragment=people-section") == DEFAULT
    assert "own-columns" not in polled(signed_in("eve"))
    assert "own-columns=state" not in polled(ann, "/guide/people/?own-columns=state"), "a page's URL must not set it"


def test_no_link_contains_the_parameters_of_polls(ann: Client) -> None:
    save(ann, "id")
    body = ann.get(polled(ann)).content.decode()
    assert "own-columns" not in re.sub(r'hx-get="[^"]+"', "", body)


def test_a_tag_of_other_columns_does_not_match(ann: Client) -> None:
    usual = ann.get(polled(ann))["HX-PTag"]
    save(ann, "id")
    assert ann.get(polled(ann), headers={"HX-PTag": usual}).status_code == 200


def test_csv_has_the_chosen_columns_or_all(ann: Client) -> None:
    def lines(query: str) -> list[str]:
        return next(csv.reader(io.StringIO(b"".join(ann.get(PEOPLE + query)).decode())))

    save(ann, "id")
    assert lines("?format=csv") == ["User", "Number"]
    assert lines("?format=csv&columns=email") == ["User", "Email"]
    assert lines("?format=csv&columns=all") == [*DEFAULT, "First name"]


def test_the_form_lists_every_column_and_moves_them_without_javascript(ann: Client) -> None:
    page = ann.get("/guide/people/?q=a&choose=columns").content.decode()
    assert re.findall(r'name="order" value="(\w+)"', page) == [
        "username", "state", "email", "id", "date_joined", "first_name",
    ]  # fmt: skip
    assert re.findall(r'name="columns" value="(\w+)" checked', page)[1:] == ["state", "email", "id", "date_joined"]
    assert 'name="next" value="/guide/people/?q=a"' in page
    moved = save(ann, "state", "email", move="up:email", next="/guide/people/?q=a")["Location"]
    page = ann.get(moved).content.decode()
    assert re.findall(r'name="order" value="(\w+)"', page)[:4] == ["username", "email", "state", "id"]
    assert re.findall(r'name="columns" value="(\w+)" checked', page)[1:] == ["email", "state"]
    assert User.objects.get(username="ann").preferences == {}, "moving alone must store nothing"


def test_a_forged_form_stores_nothing_invalid(ann: Client) -> None:
    assert save(ann, table="<b>").status_code == 400
    assert save(ann, next="https://evil.example/")["Location"] == "/"
    save(ann, *(f"c{n}" for n in range(500)), order=" ".join(f"c{n}" for n in range(500)))
    assert len(User.objects.get(username="ann").preferences["columns"]["people"]) <= 60
    assert headers(ann) == DEFAULT


def test_the_page_size_is_stored_with_the_user_and_applies_in_another_browser(ann: Client) -> None:
    ann.post("/preferences/rows/", {"rows": "25", "next": PEOPLE})
    User.objects.bulk_create(User(username=f"person-{n:02}") for n in range(60))
    other = Client()
    other.force_login(User.objects.get(username="ann"))
    assert other.get(PEOPLE).content.count(b"data-row>") == 25
    address = polled(other)
    assert "own-rows=25" in address
    assert other.get(address).content.count(b"data-row>") == 25
    assert other.get("/guide/people/?fragment=people-section").content.count(b"data-row>") == 50
    other.cookies["rows"] = "100"
    assert other.get(PEOPLE).content.count(b"data-row>") == 61


@pytest.mark.parametrize("rows", ['"\\262"', "\xb2", "-1", "25.0", ""])
def test_an_invalid_page_size_is_ignored(ann: Client, rows: str) -> None:
    cookies = f"sessionid={ann.cookies['sessionid'].value}; rows={rows}"
    assert Client().get(PEOPLE, headers={"Cookie": cookies}).status_code == 200
