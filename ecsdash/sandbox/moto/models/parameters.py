import json

from moto.ssm.models import ParameterDict


class SandboxParameters(ParameterDict):
    """The recommended ECS-optimised AMI is a parameter whose value is JSON text; moto holds an object there."""

    def _load_tree_parameters(self, path: str) -> None:
        super()._load_tree_parameters(path)
        for versions in list(self.values()):
            for parameter in versions:
                value: object = parameter.value
                parameter.value = value if isinstance(value, str) else json.dumps(value)
