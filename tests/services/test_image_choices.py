"""Images of ECR in the form of a task definition: which are offered, chosen by tag or digest, and what scans found."""

import json
from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import OwnershipRule, Team
from ecsdash.web.forms.document.findings import FindingLevel
from services.forms.task_definition.image_choices import image_choices, image_findings
from services.models import Repository
from services.selectors.images import images_in
from tests.sandbox.moto.test_images import MEDIA_TYPE, REGISTRY
from tests.services.simulated_tasks import SimulatedTasks
from tests.users import ACCOUNT, team_member

URI = f"{REGISTRY}/shop/web"
DIGEST = "sha256:" + "a" * 64


def image(tag: str = "1.0", day: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "digest": DIGEST, "tags": [tag], "pushed_at": f"2026-11-0{day}T10:00:00+00:00", "size": 5_000_000,
        "scanned": "COMPLETE", "findings": {}, **more,
    }  # fmt: skip


def repository(name: str, *images: dict[str, Any]) -> Repository:
    return Repository(name=name, uri=f"{REGISTRY}/{name}", images=list(images))


def push(stage: SimulatedTasks, repository: str, tag: str) -> None:
    layers = [{"digest": f"sha256:{tag}"}]
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MEDIA_TYPE, "layers": layers})
    stage.client("ecr").put_image(repositoryName=repository, imageTag=tag, imageManifest=manifest)


def containers(*images: str) -> dict[str, Any]:
    return {"containerDefinitions": [{"name": "app", "image": each} for each in images]}


def test_a_sweep_keeps_the_newest_images_with_their_scans(stage: SimulatedTasks) -> None:
    ecr = stage.client("ecr")
    ecr.create_repository(repositoryName="shop/web", imageScanningConfiguration={"scanOnPush": True})
    for tag in ("1.0", "1.1"):
        push(stage, "shop/web", tag)
    ecr.create_repository(repositoryName="shop/empty")
    stage.sweep("repositories")
    assert Repository.objects.get(name="shop/empty").images == []
    found = images_in([Repository.objects.get(name="shop/web")])
    assert {each.by_tag for each in found} == {f"{URI}:1.0", f"{URI}:1.1"}
    assert {(each.scan, each.serious) for each in found} == {("1 high", True)}


def test_a_container_gets_the_images_of_its_repository_or_the_newest_of_all() -> None:
    known = [repository("shop/web", image("2.0", 3), image("1.0", 1)), repository("shop/job", image("7", 2))]
    own, other = image_choices(known, containers(f"{URI}:1.0", "nginx"))
    assert (own.repository, [each.tags[0] for each in own.images]) == ("shop/web", ["2.0", "1.0"])
    assert (other.repository, [each.tags[0] for each in other.images]) == ("", ["2.0", "7"])
    assert other.place == "/containerDefinitions/1/image"
    assert image_choices([repository("shop/empty")], containers("nginx")) == []


@pytest.mark.parametrize(
    ("scan", "words", "level"),
    [
        ({"findings": {"HIGH": 3, "CRITICAL": 2, "LOW": 1}}, "2 critical, 3 high, 1 low", FindingLevel.WARN),
        ({"findings": {"LOW": 1}}, "1 low", FindingLevel.OK),
        ({}, "no findings", FindingLevel.OK),
    ],
)
@pytest.mark.parametrize("reference", [f"{URI}:1.0", f"{URI}@{DIGEST}"])
def test_what_the_scan_of_a_chosen_image_found_is_said(
    scan: dict[str, Any], words: str, level: FindingLevel, reference: str
) -> None:
    (found,) = image_findings([repository("shop/web", image(**scan))], containers(reference))
    assert (found.pointer, found.level) == ("/containerDefinitions/0/image", level)
    assert found.what == f"The scan of the image in ECR: {words}."


def test_nothing_is_said_of_images_that_are_not_known_or_not_scanned() -> None:
    known = [repository("shop/web", image(scanned=""))]
    assert list(image_findings(known, containers(f"{URI}:1.0", "nginx:1", ""))) == []
    assert list(image_findings(known, {"containerDefinitions": "none"})) == []


def test_an_image_is_chosen_with_a_button_and_only_from_repositories_that_one_may_use(
    stage: SimulatedTasks, client: Client
) -> None:
    for name in ("shop/web", "bank/web"):
        stage.client("ecr").create_repository(repositoryName=name)
        push(stage, name, "1.0")
    stage.sweep("repositories")
    OwnershipRule.objects.create(kind="repository", pattern="bank/*", team=Team.objects.create(name="bank"))
    client.force_login(team_member("member", "shop", "operator", account=ACCOUNT, service="shop-*"))
    address = f"/demo/{stage.scope.region}/task-definitions/new/"
    page = client.get(address).content.decode()
    place = "set:/containerDefinitions/0/image#"
    assert f'value="{place}{URI}:1.0"' in page
    assert "bank/web" not in page
    posted = client.post(address, {"json": '{"containerDefinitions": [{}]}', "op": f"{place}{URI}:1.0"})
    assert f"&quot;image&quot;: &quot;{URI}:1.0&quot;" in posted.content.decode()
