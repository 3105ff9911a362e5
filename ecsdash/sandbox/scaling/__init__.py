"""Application Auto Scaling: alarms, policies and schedules change the desired count of ECS services."""

from ecsdash.sandbox.scaling.scaler import Scaler

__all__ = ["Scaler"]
