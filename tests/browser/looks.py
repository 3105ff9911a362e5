"""What is wrong with how pages look: rules of accessibility that they break, contrasts, widths."""

from dataclasses import dataclass, field
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

WIDE: ViewportSize = {"width": 1400, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
Theme = Literal["light", "dark"]

RULES = """() => {
  const options = { preload: false, resultTypes: ["violations"], rules: { "color-contrast": { enabled: false } } };
  return axe.run(options).then((answer) => answer.violations);
}"""
#: The contrast of a text follows from its colour, size and weight and from all that lies behind it. Judging one takes
#: long, so each such combination is judged once: `known` are those of which there is a verdict.
CONTRASTS = """async (known) => {
  const judged = new Set(known), grounds = new Map(), unjudged = new Map();
  const behind = (element) => {
    if (!element) return "";
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      const own = `/${backgroundColor} ${backgroundImage} ${opacity}`;
      const none = own === "/rgba(0, 0, 0, 0) none 1";
      grounds.set(element, behind(element.parentElement) + (none ? "" : own));
    }
    return grounds.get(element);
  };
  const speaks = (element) => element.matches("input, select, textarea")
    || [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  for (const element of document.querySelectorAll("body *:not(option)")) {
    if (!speaks(element) || !element.checkVisibility()) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const look = [color, fontSize, fontWeight, textShadow, behind(element)].join(" ");
    if (!judged.has(look)) unjudged.set(element, look);
  }
  if (!unjudged.size) return { broken: [], looks: [] };
  const options = {
    preload: false, elementRef: true, resultTypes: ["violations", "passes", "incomplete"],
    runOnly: { type: "rule", values: ["color-contrast"] },
  };
  const { violations, passes } = await axe.run({ include: [...unjudged.keys()] }, options);
  const verdicts = [...violations, ...passes].flatMap((rule) => rule.nodes.map((node) => node.element));
  const looks = [...new Set(verdicts.map((element) => unjudged.get(element)).filter(Boolean))];
  const told = ({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => ({ html })) });
  return { broken: violations.map(told), looks };
}"""


@dataclass
class Looks:
    """Looks at one page after the other, and remembers of which combinations of colours it has a verdict."""

    impacts: frozenset[str] = frozenset({"minor", "moderate", "serious", "critical"})
    judged: dict[Theme, set[str]] = field(default_factory=lambda: {"light": set(), "dark": set()})

    def wrong_with(self, page: Page, path: str, status: int = 200) -> list[str]:
        """In the light theme, in the dark one, on a narrow screen."""
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        answer = page.goto(path)
        wrong = [] if answer and answer.status == status else [f"status {answer and answer.status}"]
        page.evaluate(AXE_SCRIPT)
        wrong += [*self._told(page.evaluate(RULES)), *self._contrasts(page, "light"), *too_wide(page)]
        page.emulate_media(color_scheme="dark")
        wrong += self._contrasts(page, "dark")
        page.set_viewport_size(NARROW)
        return wrong + too_wide(page)

    def _contrasts(self, page: Page, theme: Theme) -> list[str]:
        found = page.evaluate(CONTRASTS, sorted(self.judged[theme]))
        self.judged[theme].update(found["looks"])
        return self._told(found["broken"], theme)

    def _told(self, broken: list[dict[str, Any]], theme: Theme = "light") -> list[str]:
        return [
            f"{theme}: {rule['id']}: {node['html'][:200]}"
            for rule in broken
            if rule["impact"] in self.impacts
            for node in rule["nodes"]
        ]


def too_wide(page: Page) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    available = page.evaluate("window.innerWidth")
    return [f"{width} px wide at {available}"] if width > available else []
