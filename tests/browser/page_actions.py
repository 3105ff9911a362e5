"""Actions of a user on pages: open forms, choose options, review, confirm, wait for operations."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.processes import until

SCOPE_PATH = "/demo/eu-central-1"
#: Milliseconds; long, because the machine may be busy and the simulated AWS needs time as AWS does.
TIMEOUT_MS = 120_000
OBSERVE = """(element) => {
  const seen = ((window.seenWords ??= {})[element] ??= []);
  const look = () => {
    for (const each of document.querySelectorAll(element)) {
      const words = each.textContent.trim().replace(/\\s+/g, " ") || each.getAttribute("aria-label");
      if (words && !seen.includes(words)) seen.push(words);
    }
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@dataclass(frozen=True)
class TextRecorder:
    """Records every text that an element of a page has shown. A reload of the page ends the recording."""

    page: Page
    element: str

    @staticmethod
    def begin(page: Page, element: str) -> "TextRecorder":
        page.evaluate(OBSERVE, element)
        return TextRecorder(page, element)

    @property
    def seen(self) -> list[str]:
        """All texts so far, in the order in which they appeared."""
        found: list[str] | None = self.page.evaluate("(element) => window.seenWords?.[element]", self.element)
        assert found is not None, "the page was reloaded"
        return found

    def until(self, text: str | re.Pattern[str]) -> list[str]:
        """Wait for a text. Return all texts up to it."""
        expect(self.page.locator(self.element).first).to_have_text(text, timeout=TIMEOUT_MS)
        return self.seen


def open_form(page: Page, path: str, offered: str) -> None:
    """Open a form and reload it until its options are complete and `offered` is one of them."""

    def complete() -> bool:
        page.goto(f"{SCOPE_PATH}/{path}")
        if page.get_by_text("Loading options").count():
            return False
        return page.get_by_text(offered).count() + page.locator("option", has_text=offered).count() > 0

    until(complete, TIMEOUT_MS / 1000, every=1)


def choose_all(page: Page, field: str, including: str = "") -> None:
    """Check every box of a list of choices whose label contains a text, and uncheck the others."""
    for label in page.locator(f"#id_{field}_field .choice-list label").all():
        label.get_by_role("checkbox").set_checked(including in label.inner_text())


def review(page: Page) -> None:
    page.get_by_role("button", name="Review").click()
    page.wait_for_url("**/plans/*/")


def confirm(page: Page) -> None:
    page.locator("#confirm-button:enabled").click()
    page.wait_for_url("**/operations/*/")


ENDED = re.compile("Succeeded|Failed|Errored|Cancelled")


def wait_for_operation(page: Page, end: str = "Succeeded") -> list[str]:
    """Wait until the operation on this page has ended and its links are complete: until then the inventory may lack
    what the operation created. Return the progress messages of its steps, in order."""
    state = TextRecorder.begin(page, "#summary .status")
    messages = TextRecorder.begin(page, ".steps .step > p:not(.step-facts)")
    states = state.until(ENDED)
    assert end in states[-1], f"{states}: {page.locator('#progress').inner_text()}"
    expect(page.locator("#progress:not([hx-trigger])")).to_be_attached(timeout=TIMEOUT_MS)
    return messages.seen
