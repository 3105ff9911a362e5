"""HTTPS when a service is created."""

from ecsdash.access.models import User
from ecsdash.operations.plan import Repeat
from services.models import Certificate, Listener, LoadBalancer
from services.planning.load_balancing.steps import SSL_POLICY
from services.selectors.load_balancers import service_target_groups
from tests.services.simulated_load_balancing import SHOP, certificate, encrypted, review, shared_listener
from tests.services.simulated_services import SimulatedServices, calls


def test_a_new_load_balancer_may_speak_https_and_send_http_there(
    service_stage: SimulatedServices, operator: User
) -> None:
    data = encrypted(service_stage)
    plan = review(service_stage, operator, data)

    assert calls(plan)[2:] == ["elbv2.create_listener", "elbv2.create_listener", "ecs.create_service"]
    listener, redirect = plan.steps[2:4]
    assert (listener.params["Protocol"], listener.params["Port"]) == ("HTTPS", 443)
    assert listener.params["Certificates"] == [{"CertificateArn": data["balancers-0-certificate"]}]
    assert listener.params["SslPolicy"] == SSL_POLICY
    assert (redirect.params["Protocol"], redirect.params["Port"], redirect.repeat) == ("HTTP", 80, Repeat.LOOKUP)
    assert redirect.params["DefaultActions"] == [
        {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    ]


def test_an_existing_load_balancer_gets_no_redirect(service_stage: SimulatedServices, operator: User) -> None:
    listener = shared_listener(service_stage)
    balancer = Listener.objects.get(arn=listener).load_balancer_arn
    data = encrypted(service_stage, balancer="load_balancer", load_balancer=balancer)

    assert calls(review(service_stage, operator, data)) == [
        "elbv2.create_target_group", "elbv2.create_listener", "ecs.create_service",
    ]  # fmt: skip


def test_a_site_with_https_is_made_and_removed_again(service_stage: SimulatedServices, operator: User) -> None:
    operation = service_stage.do("create_service", operator, encrypted(service_stage, desired_count=1), **SHOP)
    assert operation.outputs[0]["value"].startswith("https://web-front.")
    assert set(Listener.objects.values_list("label", flat=True)) == {"HTTPS:443", "HTTP:80"}
    (attached,) = service_target_groups(operator, service_stage.scope, service_stage.service())
    assert [address.partition("://")[0] for address in attached.addresses] == ["https"]
    undo = operation.plan.undo
    assert undo is not None

    service_stage.do(undo.action, operator, undo.data, cluster="shop", service="web-front")

    assert not LoadBalancer.objects.present().exists()
    assert not Listener.objects.present().exists()


def test_only_issued_certificates_are_offered(service_stage: SimulatedServices, operator: User) -> None:
    data = encrypted(service_stage, certificate="")
    found = service_stage.errors("create_service", operator, data, **SHOP)
    assert found == {"balancers-0-certificate": ["Choose the certificate."]}

    Certificate.objects.all().delete()
    found = service_stage.errors("create_service", operator, data | {"balancers-0-listener_port": ""}, **SHOP)
    assert found["balancers-0-certificate"][0].startswith(
        "This region has no issued certificate. Request one in AWS Certificate"
    )

    waiting = certificate(service_stage, "shop.invalid")
    Certificate.objects.exclude(arn=waiting).delete()
    found = service_stage.errors("create_service", operator, data, **SHOP)
    assert (
        "Validate shop.invalid in AWS Certificate Manager, then refresh the options"
        in found["balancers-0-certificate"][0]
    )
