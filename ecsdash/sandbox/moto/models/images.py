"""Images of ECR repositories with the summary of their scan, and scans on push."""

from datetime import UTC, datetime
from typing import Any

from moto.ecr import urls
from moto.ecr.models import ECRBackend, Image


class SandboxImage(Image):
    @property
    def image_scan_status(self) -> dict[str, str] | None:
        scanned = {"status": "COMPLETE", "description": "The scan was completed successfully."}
        return scanned if self.last_scan else None

    @property
    def image_scan_findings_summary(self) -> dict[str, Any] | None:
        """The same finding as in DescribeImageScanFindings."""
        if not self.last_scan:
            return None
        return {
            "imageScanCompletedAt": self.last_scan,
            "vulnerabilitySourceUpdatedAt": self.last_scan,
            "findingSeverityCounts": {"HIGH": 1},
        }


class SandboxECRBackend(ECRBackend):
    @property
    def _url_module(self) -> Any:
        return urls

    def put_image(self, repository_name: str, *args: Any, **kwargs: Any) -> Image:
        image = super().put_image(repository_name, *args, **kwargs)
        scanning: Any = self.repositories[repository_name].image_scanning_configuration
        if scanning and scanning.get("scanOnPush") and not image.last_scan:
            image.last_scan = datetime.now(UTC)
        return image
