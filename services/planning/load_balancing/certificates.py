"""Whether the certificate of an HTTPS listener is good, and is for the host names that visitors type."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone

from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from services.forms.load_balancer import EXISTING_LISTENER, HTTPS
from services.models import Certificate, Listener


def certificate_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    """Of the new listener's, or of the default one of the listener that gets the rule.

    One that is not in ACM is not known here, nor are the further ones that a listener has.
    """
    by_rule = data["balancer"] == EXISTING_LISTENER
    arn = _of_listener(context, data["listener"]) if by_rule else _of_form(data)
    certificate = choices(Certificate, context.user, context.scope).filter(arn=arn).first()
    if certificate is None:
        return
    if bad := _why_bad(certificate):
        fix = "Renew it, or change the certificate of the listener." if by_rule else "Choose another certificate."
        yield Check(Level.BLOCK, f"The certificate {certificate.label} {bad}", "Browsers reject it.", fix)
    elif by_rule and data["rule_hosts"]:
        yield _for_hosts(certificate, data["rule_hosts"])


def covers(domain: str, host: str) -> bool:
    """Whether a certificate for `domain` is good for `host`: a leading `*` stands for one label (RFC 6125, 6.4.3).

    `host` may have wildcards of a rule.
    """
    domain, host = domain.lower(), host.lower()
    return domain == host or (domain.startswith("*.") and host.partition(".")[2] == domain[2:])


def _of_form(data: Mapping[str, Any]) -> str:
    return str(data["certificate"]) if data["listener_protocol"] == HTTPS else ""


def _of_listener(context: ActionContext, listener: str) -> str:
    found = choices(Listener, context.user, context.scope).get(arn=listener).description.get("Certificates")
    return str(found[0]["CertificateArn"]) if found else ""


def _why_bad(certificate: Certificate) -> str:
    if certificate.expires_at and certificate.expires_at <= timezone.now():
        return f"expired on {certificate.expires_at:%Y-%m-%d}"
    return "" if certificate.status == "ISSUED" else f"has the status {certificate.status.replace('_', ' ').lower()}"


def _for_hosts(certificate: Certificate, hosts: Sequence[str]) -> Check:
    domains: list[str] = certificate.domains
    strangers = [host for host in hosts if not any(covers(domain, host) for domain in domains)]
    if not strangers:
        return Check(Level.OK, f"The listener's certificate covers {', '.join(hosts)}")
    more = " and others" if certificate.description.get("HasAdditionalSubjectAlternativeNames") else ""
    return Check(
        Level.WARN,
        f"The listener's certificate does not cover {', '.join(strangers)}",
        f"It covers {', '.join(domains)}{more}. Browsers show a warning for other host names.",
        "Add a certificate for this name to the listener. Its additional certificates are not checked here.",
    )
