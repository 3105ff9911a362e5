"""Certificates that are issued at once and can be pickled with the rest of the state."""

from typing import Any

from cryptography.x509 import load_pem_x509_certificate
from moto.acm.models import CertBundle

_PARSED = ("_cert", "_key")


class SandboxCertificate(CertBundle):
    def check(self) -> None:
        """Nobody can own a name under .invalid: its certificate stays pending."""
        if self.status == "PENDING_VALIDATION" and not str(self.common_name).endswith(".invalid"):
            self.status = "ISSUED"

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in _PARSED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._key = self.validate_pk()
        self._cert = load_pem_x509_certificate(self.cert)
