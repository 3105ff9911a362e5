import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ecsdash.access.models import User
from services.models import LoadBalancer, Task
from services.selectors.search import LISTED, search
from tests.services.inventory_rows import DIGEST, IMAGE, InventoryRows
from tests.users import Users

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None) -> InventoryRows:
    desk = InventoryRows()
    desk.build()
    return desk


def found(user: User, text: str) -> dict[str, list[str]]:
    return {group.label: [hit.title for hit in group.hits] for group in search(user, text)}


def test_a_name_is_found_in_every_account_and_kind(desk: InventoryRows, users: Users) -> None:
    assert found(users.admin, "web-") == {
        "Services": ["web-front", "web-front", "web-vault"],
        "Task definitions": ["web-front:1", "web-front:1", "web-vault:1"],
        "Tasks": ["bank-web-vault-task", "far-web-front-task", "home-web-front-task"],
    }
    assert found(users.admin, "SHOP")["Clusters"] == ["shop", "shop", "shop"]


def test_nobody_finds_what_they_may_not_see(desk: InventoryRows, users: Users) -> None:
    assert "web-vault" not in str(found(users.operator, "web"))
    assert "billing" not in str(found(users.deployer, "billing"))
    assert found(users.deployer, "front")["Services"] == ["web-front", "web-front"]
    assert found(users.outsider, "web") == {}


@pytest.mark.parametrize("text", ["0f3a9b7d2c91", "10.7.1.9", DIGEST, "shop/front:1.4", "front 10.7.1.9"])
def test_a_task_is_found_by_the_beginning_of_its_id_its_address_and_its_image(
    desk: InventoryRows, viewer: User, text: str
) -> None:
    task = desk.task("home", "0f3a9b7d2c914e6f", private_ip="10.7.1.9", images=f"{IMAGE}\n{DIGEST}")
    assert found(viewer, text)["Tasks"] == [task.name]


def test_a_stopped_task_is_found_after_ecs_has_forgotten_it(desk: InventoryRows, viewer: User) -> None:
    task = desk.task("home", "deadbeef0000", last_status="STOPPED", stopped_reason="OutOfMemory")
    Task.objects.filter(pk=task.pk).update(gone_at=task.created_at)
    assert found(viewer, "deadbeef") == {"Tasks": ["deadbeef0000"]}
    assert found(viewer, "outofmemory") == {"Tasks": ["deadbeef0000"]}


def test_an_arn_finds_its_row_and_nothing_else(desk: InventoryRows, viewer: User) -> None:
    task = desk.task("home", "cafe0001")
    assert found(viewer, task.arn) == {"Tasks": ["cafe0001"]}
    assert found(viewer, task.arn[:-1]) == {}


def test_an_image_leads_to_its_task_definitions(desk: InventoryRows, viewer: User) -> None:
    assert found(viewer, IMAGE)["Task definitions"] == ["billing:1", "web-front:1", "web-front:1"]


def test_an_image_leads_to_the_services_that_run_it(desk: InventoryRows, viewer: User, users: Users) -> None:
    assert found(viewer, IMAGE)["Services"] == ["billing", "web-front", "web-front"]
    assert found(users.deployer, IMAGE)["Services"] == ["web-front", "web-front"]


def test_a_load_balancer_is_found_by_its_name_and_its_dns_name(desk: InventoryRows, viewer: User, users: Users) -> None:
    desk.row(LoadBalancer, "home", "public", dns_name="public-77.elb.example", state="active")
    assert found(viewer, "public-77.elb") == {"Load balancers": ["public"]}
    assert found(viewer, "PUBLIC") == {"Load balancers": ["public"]}
    assert found(users.outsider, "public") == {}


def test_an_instance_is_found_by_its_ec2_id_and_its_ecs_id(desk: InventoryRows, viewer: User) -> None:
    assert found(viewer, "i-0home") == {"Container instances": ["i-0home"]}
    assert found(viewer, "instance-far") == {"Container instances": ["i-0far"]}


def test_what_is_called_so_comes_first(desk: InventoryRows, viewer: User) -> None:
    desk._service("home", "a-web-front")
    assert found(viewer, "web-front")["Services"] == ["web-front", "web-front", "a-web-front"]


def test_more_than_the_list_holds_leads_to_the_whole_list(desk: InventoryRows, viewer: User, client: Client) -> None:
    for number in range(LISTED + 1):
        desk.task("home", f"feed{number:04}")
    (group,) = search(viewer, "feed")
    assert (len(group.hits), group.more_url) == (LISTED, "/all/all/tasks/?q=feed&show=all")
    client.force_login(viewer)
    assert f"({LISTED + 1} of " in client.get(group.more_url).content.decode()


def test_the_page_needs_no_javascript_and_shows_words_as_text(
    desk: InventoryRows, viewer: User, client: Client
) -> None:
    client.force_login(viewer)
    page = client.get("/search/", {"q": "web-front"}).content.decode()
    assert "/demo/us-east-1/services/shop/web-front/" in page
    assert "<script>alert" not in client.get("/search/", {"q": "<script>alert(1)"}).content.decode()
    assert "No results for" in client.get("/search/", {"q": "zzz"}).content.decode()


def test_the_list_under_the_box_holds_no_more_than_what_was_found(
    desk: InventoryRows, viewer: User, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(viewer)
    with django_assert_max_num_queries(12):
        part = client.get("/search/", {"q": "web-front", "fragment": "found"}).content.decode()
    assert "data-result" in part
    assert "<html" not in part


@pytest.mark.parametrize("text", ["", " ", "a", "\0", "%", '"', "arn:", ":", "x" * 5000, "'; drop table"])
def test_nonsense_finds_nothing_and_breaks_nothing(
    desk: InventoryRows, viewer: User, client: Client, text: str
) -> None:
    client.force_login(viewer)
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == (400 if "\0" in text else 200)  # the middleware refuses NUL
    assert "data-result" not in answer.content.decode()
