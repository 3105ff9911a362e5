"""WordPress in the browser: by blueprint from one form (in the same history twice), and by hand from the actions."""

import re

from playwright.sync_api import Page, expect

from tests.browser.console import PLACE, choose_all, confirm, open_form, review, watched_to_its_end
from tests.browser.definition_form import add_container, add_port, add_variable, fill_container


def wordpress_by_blueprint(page: Page) -> None:
    page.goto(f"{PLACE}/services/")
    open_form(page, "blueprints/wordpress/", "public")
    page.get_by_label("Name").fill("blog")
    page.get_by_label("Cluster").select_option("New cluster with the same name")
    choose_all(page, "subnets", including="public")
    review(page)
    expect(page.locator("#calls")).to_contain_text("secretsmanager.create_secret")
    confirm(page)
    progress = watched_to_its_end(page)
    assert len([words for words in progress if "tasks run" in words]) > 2, progress  # seen to come, without a reload
    expect_wordpress(page)


def test_wordpress_by_hand(operator: Page) -> None:
    """The database beside the site in one task: no more than the actions of everyday."""
    open_form(operator, "task-definitions/new/", "ecsTaskExecutionRole")
    operator.get_by_label("Family").fill("journal")
    operator.locator("#id_cpu").fill("512")
    operator.locator("#id_memory").fill("1024")
    fill_container(operator, 0, name="site", image="wordpress:6")
    add_port(operator, 0, "80")
    add_variable(operator, 0, "WORDPRESS_DB_HOST", "127.0.0.1")
    add_container(operator)
    fill_container(operator, 1, name="database", image="mysql:8.4")
    add_variable(operator, 1, "MYSQL_RANDOM_ROOT_PASSWORD", "yes")
    review(operator)
    confirm(operator)
    watched_to_its_end(operator)
    create_site(operator)
    expect_wordpress(operator)


def create_site(page: Page) -> None:
    open_form(page, "clusters/shop/services/new/", "journal:1")
    page.get_by_label("Task definition").select_option("journal:1")
    page.get_by_label("Name", exact=True).fill("journal")
    choose_all(page, "subnets")
    page.get_by_role("radio", name=re.compile("^New")).check()
    choose_all(page, "balancer_security_groups", including="shop-balancer")
    review(page)
    confirm(page)
    watched_to_its_end(page)


def expect_wordpress(page: Page) -> None:
    """At the address that the operation's page ends with."""
    site = page.locator("#summary a[href^=http]")
    expect(site).to_have_attribute("href", re.compile(r"\.elb\.localhost"))
    site.click()
    expect(page.get_by_role("heading", name="WordPress")).to_be_visible()
    expect(page.get_by_text("The database answers")).to_be_visible()
