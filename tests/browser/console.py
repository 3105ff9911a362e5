"""What a person does on the pages, in the pages' own words."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.processes import until

PLACE = "/demo/eu-central-1"
#: Two busy cores, and a simulated AWS that takes its time.
PATIENCE = 120_000
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
class Watch:
    """Somebody who looks at one part of a page and touches nothing. A page that is loaded anew ends it."""

    page: Page
    element: str

    @staticmethod
    def begin(page: Page, element: str) -> "Watch":
        page.evaluate(OBSERVE, element)
        return Watch(page, element)

    @property
    def seen(self) -> list[str]:
        """All that ever stood there, in the order in which it came."""
        found: list[str] | None = self.page.evaluate("(element) => window.seenWords?.[element]", self.element)
        assert found is not None, "the page was loaded anew"
        return found

    def until(self, words: str | re.Pattern[str]) -> list[str]:
        """What stood there until these words came."""
        expect(self.page.locator(self.element).first).to_have_text(words, timeout=PATIENCE)
        return self.seen


def open_form(page: Page, path: str, offered: str) -> None:
    """Open a form once the inventory knows all that it offers, the choice named so among it."""

    def known() -> bool:
        page.goto(f"{PLACE}/{path}")
        if page.get_by_text("Loading options").count():
            return False
        return page.get_by_text(offered).count() + page.locator("option", has_text=offered).count() > 0

    until(known, PATIENCE / 1000)


def choose_all(page: Page, field: str, including: str = "") -> None:
    """Tick every box (whose label has the word) of a list of choices, and no other."""
    for label in page.locator(f"#id_{field}_field .choice-list label").all():
        label.get_by_role("checkbox").set_checked(including in label.inner_text())


def review(page: Page) -> None:
    page.get_by_role("button", name="Review").click()
    page.wait_for_url("**/plans/*/")


def confirm(page: Page) -> None:
    page.locator("#confirm-button:enabled").click()
    page.wait_for_url("**/operations/*/")


ENDED = re.compile("Succeeded|Failed|Errored|Cancelled")


def watched_to_its_end(page: Page, end: str = "Succeeded") -> list[str]:
    """Watch the operation on this page. Answers what its steps said of their progress, in the order it came."""
    state, words = Watch.begin(page, "#summary .status"), Watch.begin(page, ".steps .step > p:not(.step-facts)")
    states = state.until(ENDED)
    assert end in states[-1], f"{states}: {page.locator('#progress').inner_text()}"
    return words.seen
