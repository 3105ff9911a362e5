"""What a person does on the pages, in the pages' own words."""

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.processes import until

PLACE = "/demo/eu-central-1"
#: Two busy cores, and a simulated AWS that takes its time.
PATIENCE = 120_000
OBSERVE = """(element) => {
  window.seenWords = [];
  const look = () => {
    const word = document.querySelector(element)?.textContent.trim();
    if (word && window.seenWords.at(-1) !== word) window.seenWords.push(word);
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@dataclass(frozen=True)
class Watch:
    """Somebody who looks at one word of a page and touches nothing."""

    page: Page
    element: str

    @staticmethod
    def begin(page: Page, element: str) -> "Watch":
        expect(page.locator(element).first).to_be_visible()
        page.evaluate(OBSERVE, element)
        return Watch(page, element)

    def until(self, word: str, seconds: float = PATIENCE / 1000) -> list[str]:
        """Every word that stood there, in order. A page that is loaded anew forgets them, and so fails."""
        expect(self.page.locator(self.element).first).to_have_text(word, timeout=seconds * 1000)
        seen: list[str] = self.page.evaluate("window.seenWords ?? []")
        assert seen, "the page was loaded anew"
        assert seen[-1] == word
        return seen


def open_form(page: Page, path: str, offered: str) -> None:
    """Open a form once the inventory knows what it offers: the choice named so."""

    def known() -> bool:
        page.goto(f"{PLACE}/{path}")
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


def watched_to_its_end(page: Page, word: str = "Succeeded") -> list[str]:
    """The states of the operation on this page, as they came."""
    return Watch.begin(page, "#summary .status").until(word)
