"""One module per noun; every model can be imported from here."""

from services.models.choices import Alarm, Function, LogGroup, Repository, Secret
from services.models.express import ExpressService, Gateway
from services.models.load_balancer import WITH_RULES, Certificate, Listener, LoadBalancer, TargetGroup
from services.models.namespace import Namespace
from services.models.scaling import ScalableTarget, ScalingPolicy
from services.models.service import Service, ServiceDeployment, ServiceEvent, ServiceMetrics
from services.models.task import Task, TaskLog
from services.models.task_definition import TaskDefinition

__all__ = [
    "WITH_RULES",
    "Alarm",
    "Certificate",
    "ExpressService",
    "Function",
    "Gateway",
    "Listener",
    "LoadBalancer",
    "LogGroup",
    "Namespace",
    "Repository",
    "ScalableTarget",
    "ScalingPolicy",
    "Secret",
    "Service",
    "ServiceDeployment",
    "ServiceEvent",
    "ServiceMetrics",
    "TargetGroup",
    "Task",
    "TaskDefinition",
    "TaskLog",
]
