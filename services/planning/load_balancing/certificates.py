"""Checks whether the certificate of an HTTPS listener is valid and covers the host names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone

from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from services.forms.load_balancer import ENCRYPTED, EXISTING_LISTENER
from services.models import Certificate, Listener


def certificate_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    """Yield checks of the certificate of the new listener, or of the default certificate of the rule's listener.

    Certificates outside ACM and additional certificates of a listener are not checked.
    """
    by_rule = data["balancer"] == EXISTING_LISTENER
    arn = _of_listener(context, data["listener"]) if by_rule else _of_form(data)
    certificate = choices(Certificate, context.user, context.scope).filter(arn=arn).first()
    if certificate is None:
        return
    if reason := _why_invalid(certificate):
        fix = "Renew it, or change the certificate of the listener." if by_rule else "Choose another certificate."
        yield Check(Level.BLOCK, f"The certificate {certificate.label} {reason}", "Browsers reject it.", fix)
    elif by_rule and data["rule_hosts"]:
        yield _for_hosts(certificate, data["rule_hosts"])


def covers(domain: str, host: str) -> bool:
    """Return whether a certificate for `domain` covers `host`: a leading `*` matches one label (RFC 6125, 6.4.3).

    `host` may contain wildcards of a listener rule.
    """
    domain, host = domain.lower(), host.lower()
    return domain == host or (domain.startswith("*.") and host.partition(".")[2] == domain[2:])


def _of_form(data: Mapping[str, Any]) -> str:
    return str(data["certificate"]) if data["listener_protocol"] in ENCRYPTED else ""


def _of_listener(context: ActionContext, listener: str) -> str:
    certificates = choices(Listener, context.user, context.scope).get(arn=listener).description.get("Certificates")
    return str(certificates[0]["CertificateArn"]) if certificates else ""


def _why_invalid(certificate: Certificate) -> str:
    if certificate.expires_at and certificate.expires_at <= timezone.now():
        return f"expired on {certificate.expires_at:%Y-%m-%d}"
    return "" if certificate.status == "ISSUED" else f"has the status {certificate.status.replace('_', ' ').lower()}"


def _for_hosts(certificate: Certificate, hosts: Sequence[str]) -> Check:
    domains: list[str] = certificate.domains
    uncovered = [host for host in hosts if not any(covers(domain, host) for domain in domains)]
    if not uncovered:
        return Check(Level.OK, f"The listener's certificate covers {', '.join(hosts)}")
    more = " and others" if certificate.description.get("HasAdditionalSubjectAlternativeNames") else ""
    return Check(
        Level.WARN,
        f"The listener's certificate does not cover {', '.join(uncovered)}",
        f"It covers {', '.join(domains)}{more}. Browsers show a warning for other host names.",
        "Add a certificate for this name to the listener. Its additional certificates are not checked here.",
    )
