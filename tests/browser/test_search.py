"""The search box by keyboard, and the menu of a row, on the whole product."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Page, expect
from support.processes import LOOPBACK

SERVICES = "/demo/eu-central-1/services/"


def test_a_service_is_found_and_opened_by_keys_alone(page: Page) -> None:
    page.goto(SERVICES)
    expect(page.locator("tr[data-row]", has_text="checkout").first).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("checkout")
    expect(page.locator("#search-panel [data-found]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#search-panel")).to_be_hidden()
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=checkout")
    page.get_by_role("link", name=re.compile("^checkout")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("checkout")


@contextmanager
def unfinished_answers() -> Iterator[str]:
    """The address of a server whose answers begin at once and end only with the block."""
    done = threading.Event()

    class Unfinished(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"<p>")
            self.wfile.flush()
            done.wait()

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer((LOOPBACK, 0), Unfinished) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{LOOPBACK}:{server.server_port}/"
        finally:
            done.set()
            server.shutdown()


def test_typing_on_while_an_answer_is_read_leaves_no_error(page: Page) -> None:
    with unfinished_answers() as address:
        page.route("**/search/?q=che&*", lambda route: route.continue_(url=address))
        page.locator("#search").focus()
        with page.expect_response(lambda response: response.url == address or "q=che&" in response.url):
            page.keyboard.type("che")
        page.keyboard.type("ckout")
        expect(page.locator("#search-panel [data-found]").first).to_contain_text("checkout")


def test_charts_that_cannot_be_loaded_leave_no_error(page: Page, complaints: list[str]) -> None:
    page.route("**/uplot*.js", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.goto(f"{SERVICES}shop/checkout/metrics/")
    expect(page.locator("[data-chart]").first).to_be_attached()
    complaints[:] = [each for each in complaints if "ERR_FAILED" not in each]


def test_the_menu_of_a_row_is_fetched_and_its_entries_work(page: Page) -> None:
    page.goto(f"{SERVICES}?q=checkout")
    page.get_by_label("Actions for row 1", exact=True).click()
    page.get_by_role("link", name="Scale").click()
    page.wait_for_url("**/scale/")
