import json

from moto.ssm.models import ParameterDict


class SandboxParameters(ParameterDict):
    """The recommended ECS-optimised AMI is a parameter whose value is JSON text; moto holds an object there."""

    def _load_tree_parameters(self, path: str) -> None:
        super()._load_tree_parameters(path)
        for versions in list(self.values()):
            for parameter in versions:
                if not isinstance(parameter.value, str):
                    parameter.value = json.dumps(parameter.value)
