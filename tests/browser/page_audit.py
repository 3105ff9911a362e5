"""Checks of a page's appearance: accessibility rules, colour contrast, width."""

from dataclasses import dataclass, field
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

WIDE: ViewportSize = {"width": 1400, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
Theme = Literal["light", "dark"]

RULES = """() => {
  const options = { preload: false, resultTypes: ["violations"], rules: { "color-contrast": { enabled: false } } };
  return axe.run(options).then((result) => result.violations);
}"""
#: The contrast of a text depends on its colour, size and weight and on the backgrounds behind it. A check is slow,
#: so each combination is checked once; `known` lists those already checked.
CONTRASTS = """async (known) => {
  const checked = new Set(known), backgrounds = new Map(), unchecked = new Map();
  const backgroundOf = (element) => {
    if (!element) return "";
    if (!backgrounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      const own = `/${backgroundColor} ${backgroundImage} ${opacity}`;
      const none = own === "/rgba(0, 0, 0, 0) none 1";
      backgrounds.set(element, backgroundOf(element.parentElement) + (none ? "" : own));
    }
    return backgrounds.get(element);
  };
  const hasText = (element) => element.matches("input, select, textarea")
    || [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  for (const element of document.querySelectorAll("body *:not(option)")) {
    if (!hasText(element) || !element.checkVisibility()) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const style = [color, fontSize, fontWeight, textShadow, backgroundOf(element)].join(" ");
    if (!checked.has(style)) unchecked.set(element, style);
  }
  if (!unchecked.size) return { violations: [], styles: [] };
  const options = {
    preload: false, elementRef: true, resultTypes: ["violations", "passes", "incomplete"],
    runOnly: { type: "rule", values: ["color-contrast"] },
  };
  const { violations, passes } = await axe.run({ include: [...unchecked.keys()] }, options);
  const results = [...violations, ...passes].flatMap((rule) => rule.nodes.map((node) => node.element));
  const styles = [...new Set(results.map((element) => unchecked.get(element)).filter(Boolean))];
  const summary = ({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => ({ html })) });
  return { violations: violations.map(summary), styles };
}"""


@dataclass
class PageAudit:
    """Checks pages one after the other and remembers the colour combinations already checked."""

    page: Page
    impacts: frozenset[str] = frozenset({"minor", "moderate", "serious", "critical"})
    checked: dict[Theme, set[str]] = field(default_factory=lambda: {"light": set(), "dark": set()})

    def __post_init__(self) -> None:
        """Run axe at the start of every page: sent once, it is compiled once."""
        self.page.add_init_script(AXE_SCRIPT)

    def problems(self, path: str, status: int = 200) -> list[str]:
        """Return the problems of a page in the light theme, in the dark theme and on a narrow screen."""
        page = self.page
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        response = page.goto(path)
        found = [] if response and response.status == status else [f"status {response and response.status}"]
        found += [*self._summary(page.evaluate(RULES)), *self._contrasts("light"), *too_wide(page)]
        page.emulate_media(color_scheme="dark")
        found += self._contrasts("dark")
        page.set_viewport_size(NARROW)
        return found + too_wide(page)

    def _contrasts(self, theme: Theme) -> list[str]:
        found = self.page.evaluate(CONTRASTS, sorted(self.checked[theme]))
        self.checked[theme].update(found["styles"])
        return self._summary(found["violations"], theme)

    def _summary(self, violations: list[dict[str, Any]], theme: Theme = "light") -> list[str]:
        return [
            f"{theme}: {rule['id']}: {node['html'][:200]}"
            for rule in violations
            if rule["impact"] in self.impacts
            for node in rule["nodes"]
        ]


def too_wide(page: Page) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    available = page.evaluate("window.innerWidth")
    return [f"{width} px wide at {available}"] if width > available else []
