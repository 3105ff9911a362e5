"""One module per noun; every model can be imported from here."""

from services.models.attention import SeenProblem
from services.models.choices import Alarm, Function, LogGroup, Repository, Secret
from services.models.express import ExpressService, Gateway
from services.models.load_balancer import WITH_RULES, Certificate, Listener, LoadBalancer, TargetGroup
from services.models.log_search import LogChunk, LogSearch
from services.models.metric_series import MetricSeries
from services.models.namespace import Namespace
from services.models.restore_point import RestorePoint
from services.models.scaling import ScalableTarget, ScalingActivity, ScalingPolicy, ScheduledAction
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
    "LogChunk",
    "LogGroup",
    "LogSearch",
    "MetricSeries",
    "Namespace",
    "Repository",
    "RestorePoint",
    "ScalableTarget",
    "ScalingActivity",
    "ScalingPolicy",
    "ScheduledAction",
    "Secret",
    "SeenProblem",
    "Service",
    "ServiceDeployment",
    "ServiceEvent",
    "ServiceMetrics",
    "TargetGroup",
    "Task",
    "TaskDefinition",
    "TaskLog",
]
