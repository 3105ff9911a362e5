"""WordPress in the browser: by the blueprint from one form (see test_same_history), and by hand."""

import re

from playwright.sync_api import Page, expect

from tests.browser.definition_form import add_container, add_port, add_variable, field, fill_container
from tests.browser.page_actions import SCOPE_PATH, choose_all, confirm, open_form, review, wait_for_operation
from tests.browser.service_form import NETWORK, add_new_balancer, choose, fill


def wordpress_by_blueprint(page: Page) -> None:
    page.goto(f"{SCOPE_PATH}/services/")
    open_form(page, "blueprints/wordpress/", "public")
    page.get_by_label("Name").fill("blog")
    page.get_by_label("Cluster").select_option("New cluster with the same name")
    choose_all(page, "subnets", including="public")
    review(page)
    expect(page.locator("#calls")).to_contain_text("secretsmanager.create_secret")
    confirm(page)
    progress = wait_for_operation(page)
    assert len([message for message in progress if "tasks run" in message]) > 2, progress  # updated without a reload
    expect_wordpress(page)


def test_wordpress_by_hand(operator: Page) -> None:
    """Run the site and its database in one task, with the common actions only."""
    open_form(operator, "task-definitions/new/", "ecsTaskExecutionRole")
    field(operator, "/family").fill("journal")
    field(operator, "/cpu").fill("512")
    field(operator, "/memory").fill("1024")
    fill_container(operator, 0, name="site", image="wordpress:6")
    add_port(operator, 0, "80")
    add_variable(operator, 0, "WORDPRESS_DB_HOST", "127.0.0.1")
    add_container(operator)
    fill_container(operator, 1, name="database", image="mysql:8.4")
    add_variable(operator, 1, "MYSQL_RANDOM_ROOT_PASSWORD", "yes")
    review(operator)
    confirm(operator)
    wait_for_operation(operator)
    create_site(operator)
    expect_wordpress(operator)


def create_site(page: Page) -> None:
    open_form(page, "clusters/shop/services/new/", "journal:1")
    fill(page, {"/serviceName": "journal", "/taskDefinition": "journal:1"})
    choose(page, f"{NETWORK}/subnets")
    add_new_balancer(page, "shop-balancer")
    review(page)
    confirm(page)
    wait_for_operation(page)


def expect_wordpress(page: Page) -> None:
    """Open the URL on the operation's page and expect WordPress."""
    site = page.locator("#summary a[href^=http]")
    expect(site).to_have_attribute("href", re.compile(r"\.elb\.localhost"))
    site.click()
    expect(page.get_by_role("heading", name="WordPress")).to_be_visible()
    expect(page.get_by_text("The database answers")).to_be_visible()
