"""Export of documents: as JSON, AWS CLI command, CloudFormation template and Terraform configuration."""

from services.documents.export.formats import BY_SLUG, FORMATS, Export, Format
from services.documents.export.hidden import with_placeholders

__all__ = ["BY_SLUG", "FORMATS", "Export", "Format", "with_placeholders"]
