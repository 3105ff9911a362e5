"""Sweeps of what deployments of services name: Lambda functions of lifecycle hooks, and CloudWatch alarms."""

from ecsdash.inventory import store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.registry import sweeper
from services.models import Alarm, Function


@sweeper("functions", choice=True)
def sweep_functions(scope: Scope) -> None:
    """Sweep names only: the configuration of a function holds environment variables."""
    found = scope.connection().collect("lambda.list_functions", "Functions")
    records = [
        Record(
            each["FunctionArn"],
            each["FunctionName"],
            {"FunctionName": each["FunctionName"]},
            columns={"runtime": each.get("Runtime", "")},
        )
        for each in found
    ]
    store.replace(Function, scope, records, "functions")


@sweeper("alarms", choice=True)
def sweep_alarms(scope: Scope) -> None:
    """Sweep metric and composite alarms: a deployment can name both."""
    aws = scope.connection()
    found = [
        alarm
        for kind in ("MetricAlarm", "CompositeAlarm")
        for alarm in aws.collect("cloudwatch.describe_alarms", f"{kind}s", AlarmTypes=[kind])
    ]
    records = [
        Record(
            each["AlarmArn"],
            each["AlarmName"],
            {"AlarmName": each["AlarmName"]},
            columns={"state": each.get("StateValue", "")},
        )
        for each in found
    ]
    store.replace(Alarm, scope, records, "alarms")
