"""Image references, split into repository and tag."""

import re
from dataclasses import dataclass

TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Image:
    """An image reference. `tag` is empty (the registry then uses `latest`), a tag, or a digest `sha256:...`."""

    repository: str
    tag: str

    @classmethod
    def of(cls, reference: str) -> "Image":
        name, _, digest = reference.partition("@")
        if digest:
            return cls(name, digest)
        head, slash, last = name.rpartition("/")
        base, _, tag = last.partition(":")
        return cls(head + slash + base, tag)

    def __str__(self) -> str:
        if not self.tag:
            return self.repository
        return f"{self.repository}{'@' if DIGEST.match(self.tag) else ':'}{self.tag}"


def is_tag(text: str) -> bool:
    return bool(TAG.match(text) or DIGEST.match(text))
