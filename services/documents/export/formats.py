"""The formats in which a document can be exported."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import yaml

from ecsdash.aws.names import as_cli
from services.documents.export import cloudformation, terraform
from services.documents.kinds import Document


@dataclass(frozen=True)
class Export:
    """The text, and the members of the document that the format does not have."""

    text: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """`slug` names it in addresses; `ending` is that of the file, `media_type` that of the download."""

    slug: str
    title: str
    ending: str
    media_type: str
    write: Callable[[Document, str], Export]


def _json(document: Document, region: str) -> Export:
    return Export(_pretty(document.content))


def _cli(document: Document, region: str) -> Export:
    return Export(as_cli(document.kind.call, document.content, region) + "\n")


def _cloudformation_json(document: Document, region: str) -> Export:
    template, left_out = cloudformation.template(document)
    return Export(_pretty(template), left_out)


def _cloudformation_yaml(document: Document, region: str) -> Export:
    template, left_out = cloudformation.template(document)
    written = yaml.dump(template, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return Export(written, left_out)


def _terraform(document: Document, region: str) -> Export:
    configuration, left_out = terraform.configuration(document)
    return Export(_pretty(configuration), left_out)


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


class _Dumper(yaml.SafeDumper):
    """Writes lists indented and without aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


FORMATS: Final = (
    Format("json", "JSON", "json", "application/json", _json),
    Format("cli", "AWS CLI", "sh", "text/x-shellscript", _cli),
    Format("cloudformation-yaml", "CloudFormation YAML", "yaml", "application/yaml", _cloudformation_yaml),
    Format("cloudformation-json", "CloudFormation JSON", "json", "application/json", _cloudformation_json),
    Format("terraform", "Terraform JSON", "tf.json", "application/json", _terraform),
)
BY_SLUG: Final = {each.slug: each for each in FORMATS}
