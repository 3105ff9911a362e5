import re

from moto.ecr.models import ecr_backends

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
        if match is None:
            return None
        name, tag, digest = match["repository"], match["tag"], match["digest"]
        backend = ecr_backends[match["registry"]].get(match["region"])
        repository = backend.repositories.get(name) if backend else None
        if repository is None:
            return MissingImage(match["registry"], name)
        wanted = None if digest else tag or "latest"
        for each in repository.images:
            if each.get_image_digest() == digest if digest else wanted in each.image_tags:
                return None
        return MissingImage(match["registry"], "")
