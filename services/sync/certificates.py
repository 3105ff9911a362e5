"""Sweep of ACM certificates, for HTTPS listeners."""

from typing import Any

from ecsdash.inventory import store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.registry import sweeper
from services.models import Certificate

#: Listed explicitly: by default, ACM returns the first two only.
KEY_TYPES = [
    "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1",
]  # fmt: skip


@sweeper("certificates", choice=True)
def sweep_certificates(scope: Scope) -> None:
    aws = scope.connection()
    found = aws.collect("acm.list_certificates", "CertificateSummaryList", Includes={"keyTypes": KEY_TYPES})
    store.replace(Certificate, scope, [_certificate(each) for each in found], "certificates")


def _certificate(certificate: dict[str, Any]) -> Record:
    arn, domain = certificate["CertificateArn"], certificate["DomainName"]
    columns = {
        "label": domain,
        "domains": certificate.get("SubjectAlternativeNameSummaries") or [domain],
        "status": certificate.get("Status", ""),
        "expires_at": certificate.get("NotAfter"),
    }
    return Record(arn, arn.rpartition("/")[2], certificate, {}, columns)
