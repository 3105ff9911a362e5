"""The four steps by hand, in the browser, by somebody who is no administrator."""

from playwright.sync_api import Page, expect

from tests.browser.console import PLACE, choose_all, confirm, open_form, review, watched_to_its_end

CLUSTER = "steps"


def test_a_site_from_nothing_in_four_steps(operator: Page) -> None:
    create_cluster(operator)


def create_cluster(page: Page) -> None:
    open_form(page, "clusters/new/", "shop-tasks")
    page.get_by_role("radio", name="EC2 instances").check()
    page.get_by_label("Name", exact=True).fill(CLUSTER)
    page.get_by_label("At the start").fill("0")
    choose_all(page, "subnets")
    choose_all(page, "security_groups", including="shop-tasks")
    review(page)
    expect(page.get_by_text(f"Create the cluster {CLUSTER}").first).to_be_visible()
    expect(page.locator("#calls")).to_contain_text("ecs.create_cluster")
    confirm(page)
    seen = watched_to_its_end(page)
    assert len(seen) > 1, "the state changed on the page"
    page.goto(f"{PLACE}/clusters/{CLUSTER}/")
    expect(page.get_by_role("heading", name=CLUSTER, level=1)).to_be_visible()
