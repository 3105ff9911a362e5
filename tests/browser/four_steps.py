"""From an empty account to a running site in four forms: cluster, instances, task definition, service."""

import json
import re

from playwright.sync_api import Page, expect

from tests.browser.definition_form import add_container, add_port, definition_json, field, fill_container, type_json
from tests.browser.page_actions import SCOPE_PATH, choose_all, confirm, open_form, review, wait_for_operation
from tests.browser.service_form import NETWORK, add_new_balancer, choose, fill
from tests.processes import until

CLUSTER = "steps"
IMAGE = "public.ecr.aws/nginx/nginx:1.27"
HELPER = "public.ecr.aws/docker/library/busybox:1.36"


def run_four_steps(page: Page) -> None:
    create_cluster(page)
    launch_instances(page)
    register_task_definition(page)
    create_service(page)
    open_site(page)


def create_cluster(page: Page) -> None:
    open_form(page, "clusters/new/", "shop-tasks")
    page.get_by_role("radio", name="EC2 instances").check()
    page.get_by_label("Name", exact=True).fill(CLUSTER)
    page.get_by_label("Desired capacity").fill("0")
    choose_all(page, "subnets")
    choose_all(page, "security_groups", including="shop-tasks")
    review(page)
    expect(page.locator("#calls")).to_contain_text("ecs.create_cluster")
    confirm(page)
    wait_for_operation(page)
    page.goto(f"{SCOPE_PATH}/clusters/{CLUSTER}/")
    expect(page.get_by_role("heading", name=CLUSTER, level=1)).to_be_visible()


def launch_instances(page: Page) -> None:
    page.get_by_role("link", name="Launch instances").click()
    page.get_by_label("Number of instances").fill("2")
    choose_all(page, "subnets")
    choose_all(page, "security_groups", including="shop-tasks")
    review(page)
    confirm(page)
    wait_for_operation(page)
    expect(page.locator(".steps")).to_contain_text("2 of 2 registered")
    page.goto(f"{SCOPE_PATH}/clusters/{CLUSTER}/instances/")
    expect(page.locator("tr[data-row]", has_text="Active")).to_have_count(2)


def register_task_definition(page: Page) -> None:
    """Use the form and the JSON beside it: each shows the changes of the other."""
    open_form(page, "task-definitions/new/", "ecsTaskExecutionRole")
    field(page, "/family").fill("site")
    page.get_by_label("Fargate", exact=True).uncheck()
    page.get_by_label("EC2", exact=True).check()
    field(page, "/networkMode").select_option("bridge")
    fill_container(page, 0, name="web", image=IMAGE)
    add_port(page, 0, "80")
    field(page, "/containerDefinitions/0/portMappings/0/hostPort").fill("0")
    add_container(page)
    fill_container(page, 1, name="helper", image=HELPER)
    until(lambda: [each.get("image") for each in definition_json(page)["containerDefinitions"]] == [IMAGE, HELPER])
    type_json(page, json.dumps({**definition_json(page), "cpu": "512", "memory": "768"}, indent=2))
    expect(field(page, "/memory")).to_have_value("768")
    expect(field(page, "/containerDefinitions/1/name")).to_have_value("helper")
    review(page)
    confirm(page)
    wait_for_operation(page)


def create_service(page: Page) -> None:
    open_form(page, f"clusters/{CLUSTER}/services/new/", "site:1")
    fill(page, {"/serviceName": "site", "/taskDefinition": "site:1", "/desiredCount": "2", "/launchType": "EC2"})
    choose(page, f"{NETWORK}/subnets")
    add_new_balancer(page, "shop-balancer")
    review(page)
    expect(page.locator("#calls")).to_contain_text("elbv2.create_load_balancer")
    confirm(page)
    wait_for_operation(page)
    expect(page.locator(".steps")).to_contain_text("2 of 2 tasks running")


def open_site(page: Page) -> None:
    """Open the URL on the operation's page. The page of the site names the task that served it."""
    address = page.locator("#summary a[href^=http]").get_attribute("href") or ""
    assert re.search(r"\.elb\.localhost", address)
    page.locator("#summary a[href^=http]").click()
    expect(page.get_by_role("heading", name="site")).to_be_visible()
    task = page.locator("dt:text-is('Task') + dd").inner_text().rpartition("/")[2]
    page.goto(f"{SCOPE_PATH}/services/{CLUSTER}/site/")
    expect(page.locator(f"#task-{task}")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Networking").click()
    expect(page.get_by_role("link", name="Open site")).to_have_attribute("href", address, timeout=30_000)
