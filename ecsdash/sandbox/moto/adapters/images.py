import re
from hashlib import sha256

from moto.ecr.models import Image, Repository, ecr_backends

from ecsdash.sandbox.ecs.aws_services import MissingImage
from ecsdash.sandbox.scope import Scope

_ECR_IMAGE = re.compile(
    r"(?P<registry>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/"
    r"(?P<repository>[^:@]+)(:(?P<tag>[^@]+))?(@(?P<digest>.+))?"
)


class ImageAdapter:
    def missing_image(self, scope: Scope, image: str) -> MissingImage | None:
        """Images of registries other than a private one of ECR can always be pulled."""
        match = _ECR_IMAGE.fullmatch(image)
        if match is None or _pushed(match):
            return None
        return MissingImage(match["registry"], "" if _repository(match) else match["repository"])

    def image_digest(self, scope: Scope, image: str) -> str:
        """Return the digest in ECR; in other registries, one that only depends on the name of the image."""
        name, _, digest = image.partition("@")
        match = _ECR_IMAGE.fullmatch(image)
        pushed = _pushed(match) if match else None
        return digest or (str(pushed.get_image_digest()) if pushed else f"sha256:{sha256(name.encode()).hexdigest()}")


def _repository(match: re.Match[str]) -> Repository | None:
    backend = ecr_backends[match["registry"]].get(match["region"])
    return backend.repositories.get(match["repository"]) if backend else None


def _pushed(match: re.Match[str]) -> Image | None:
    repository, digest = _repository(match), match["digest"]
    for each in repository.images if repository else ():
        if each.get_image_digest() == digest if digest else (match["tag"] or "latest") in each.image_tags:
            return each
    return None
