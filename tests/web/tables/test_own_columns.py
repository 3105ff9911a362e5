"""Which columns a person sees: kept with the person, said by an address, asked for by polls."""

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
USUAL = ["User", "State", "Email", "Number", "Joined"]


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
    """The address that the live section of a page asks."""
    found = re.search(r'hx-get="([^"]+fragment=people-section)"', client.get(address).content.decode())
    assert found
    return found[1].replace("&amp;", "&")


def test_a_person_keeps_the_columns_and_their_order_and_nobody_else_sees_them(ann: Client) -> None:
    assert headers(ann) == USUAL
    assert save(ann, "id", "state", order="username id state email date_joined first_name")["Location"] == PEOPLE
    assert headers(ann) == ["User", "Number", "State"]
    assert headers(signed_in("bob")) == USUAL


def test_the_columns_of_a_person_cost_no_query(ann: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            ann.get(PEOPLE)
        return len(found)

    before = queries()
    save(ann, "id")
    assert queries() == before


def test_a_reset_forgets_the_choice(ann: Client) -> None:
    save(ann, "id")
    save(ann, act="reset")
    assert headers(ann) == USUAL
    assert User.objects.get(username="ann").preferences == {"columns": {}}


def test_an_address_that_names_columns_shows_them_to_everybody(ann: Client) -> None:
    save(ann, "id")
    address = save(ann, "email", "first_name", act="show")["Location"]
    assert address == "/guide/people/?columns=username%2Cemail%2Cfirst_name"
    assert headers(ann, address) == headers(signed_in("bob"), address) == ["User", "Email", "First name"]
    assert headers(ann) == ["User", "Number"], "nothing was kept of it"
    assert headers(ann, "/guide/people/?columns=secret") == ["User", "Number"], "unknown columns are no columns"


def test_polls_ask_for_the_columns_of_the_page_and_are_answered_without_the_person(ann: Client) -> None:
    save(ann, "id")
    address = polled(ann)
    assert "own-columns=username%2Cid" in address
    assert headers(ann, address) == headers(signed_in("bob"), address) == ["User", "Number"]
    assert headers(ann, "/guide/people/?fragment=people-section") == USUAL
    assert "own-columns" not in polled(signed_in("eve"))
    assert "own-columns=state" not in polled(ann, "/guide/people/?own-columns=state"), "an address cannot say it"


def test_what_a_poll_asks_with_stands_in_no_link(ann: Client) -> None:
    save(ann, "id")
    body = ann.get(polled(ann)).content.decode()
    assert "own-columns" not in re.sub(r'hx-get="[^"]+"', "", body)


def test_a_tag_of_other_columns_is_not_the_tag_of_these(ann: Client) -> None:
    usual = ann.get(polled(ann))["HX-PTag"]
    save(ann, "id")
    assert ann.get(polled(ann), headers={"HX-PTag": usual}).status_code == 200


def test_csv_holds_the_chosen_columns_or_all(ann: Client) -> None:
    def lines(query: str) -> list[str]:
        return next(csv.reader(io.StringIO(b"".join(ann.get(PEOPLE + query)).decode())))

    save(ann, "id")
    assert lines("?format=csv") == ["User", "Number"]
    assert lines("?format=csv&columns=email") == ["User", "Email"]
    assert lines("?format=csv&columns=all") == [*USUAL, "First name"]


def test_the_form_shows_every_column_and_moves_them_without_a_script(ann: Client) -> None:
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
    assert User.objects.get(username="ann").preferences == {}, "moving alone keeps nothing"


def test_a_form_that_was_tampered_with_keeps_nothing_strange(ann: Client) -> None:
    assert save(ann, table="<b>").status_code == 400
    assert save(ann, next="https://evil.example/")["Location"] == "/"
    save(ann, *(f"c{n}" for n in range(500)), order=" ".join(f"c{n}" for n in range(500)))
    assert len(User.objects.get(username="ann").preferences["columns"]["people"]) <= 60
    assert headers(ann) == USUAL


def test_the_page_size_is_kept_with_the_person_and_another_browser_asks_with_it(ann: Client) -> None:
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
def test_a_page_size_that_does_not_exist_is_the_usual_one(ann: Client, rows: str) -> None:
    cookies = f"sessionid={ann.cookies['sessionid'].value}; rows={rows}"
    assert Client().get(PEOPLE, headers={"Cookie": cookies}).status_code == 200
