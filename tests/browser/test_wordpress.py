"""WordPress in the browser: by the blueprint from one form (see test_same_history), and by hand."""

import re

from playwright.sync_api import Page, expect

from tests.browser.definition_form import add_port, add_variable, field, fill_container
from tests.browser.page_actions import SCOPE_PATH, choose_all, confirm, open_form, review, wait_for_operation
from tests.browser.service_form import CONNECT, NETWORK, add, add_new_balancer, choose, fill, open_section


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
    """Run the site and its database as two services, joined by Service Connect, with the common actions only."""
    register(operator, "journal-db", "mysql:8.4", "3306", ("MYSQL_RANDOM_ROOT_PASSWORD", "yes"))
    register(operator, "journal", "wordpress:6", "80", ("WORDPRESS_DB_HOST", "database:3306"))
    operator.goto(f"{SCOPE_PATH}/namespaces/new/")
    operator.get_by_role("textbox", name="Name").fill("journal")
    review_and_run(operator)
    create_database(operator)
    create_site(operator)
    expect_wordpress(operator)


def register(page: Page, family: str, image: str, port: str, variable: tuple[str, str]) -> None:
    open_form(page, "task-definitions/new/", "ecsTaskExecutionRole")
    for place, value in (("/family", family), ("/cpu", "512"), ("/memory", "1024")):
        field(page, place).fill(value)
    fill_container(page, 0, name="main", image=image)
    add_port(page, 0, port)
    field(page, "/containerDefinitions/0/portMappings/0/name").fill("main")
    add_variable(page, 0, *variable)
    review_and_run(page)


def create_database(page: Page) -> None:
    """Create the service that others of the namespace reach as database:3306."""
    open_service_form(page, "journal-db")
    fill(page, {f"{CONNECT}/enabled": "true", f"{CONNECT}/namespace": "journal"})
    add(page, "Add port", f"{CONNECT}/services/0/portName")
    alias = f"{CONNECT}/services/0/clientAliases/0"
    fill(page, {f"{CONNECT}/services/0/portName": "main", f"{alias}/port": "3306", f"{alias}/dnsName": "database"})
    review_and_run(page)


def create_site(page: Page) -> None:
    """Create the service that is a client only, behind a new load balancer."""
    open_service_form(page, "journal")
    fill(page, {f"{CONNECT}/enabled": "true", f"{CONNECT}/namespace": "journal"})
    add_new_balancer(page, "shop-balancer")
    review_and_run(page)


def open_service_form(page: Page, name: str) -> None:
    open_form(page, "clusters/shop/services/new/", f"{name}:1")
    fill(page, {"/serviceName": name, "/taskDefinition": f"{name}:1"})
    choose(page, f"{NETWORK}/subnets")
    choose(page, f"{NETWORK}/securityGroups", including="default")  # lets its members reach each other
    open_section(page, "Service Connect")


def review_and_run(page: Page) -> None:
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
