"""WordPress in the browser: by blueprint from one form, and by hand from the actions."""

import re

from playwright.sync_api import Page, expect

from tests.browser.console import PLACE, choose_all, confirm, open_form, review, watched_to_its_end


def test_wordpress_by_blueprint(operator: Page) -> None:
    operator.goto(f"{PLACE}/services/")
    open_form(operator, "blueprints/wordpress/", "public")
    operator.get_by_label("Name").fill("blog")
    operator.get_by_label("Cluster").select_option("A new cluster, named after it")
    choose_all(operator, "subnets", including="public")
    review(operator)
    expect(operator.locator("#calls")).to_contain_text("secretsmanager.create_secret")
    confirm(operator)
    progress = watched_to_its_end(operator)
    assert [words for words in progress if "tasks run" in words], progress
    expect_wordpress(operator)


def expect_wordpress(page: Page) -> None:
    """At the address that the operation's page ends with."""
    site = page.locator("#summary a[href^=http]")
    expect(site).to_have_attribute("href", re.compile(r"\.elb\.localhost"))
    site.click()
    expect(page.get_by_role("heading", name="WordPress")).to_be_visible()
    expect(page.get_by_text("The database answers")).to_be_visible()
