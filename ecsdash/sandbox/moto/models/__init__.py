"""Subclasses of moto's models that add behaviour over time and rules that ECS depends on."""

from typing import Any


def _untracked(cls: type, *args: Any, **kwargs: Any) -> Any:
    """moto keeps every object that it ever created, for a web page that is not served here."""
    return object.__new__(cls)


def install() -> None:
    """Put our classes in moto's place, before any of its backends is made."""
    import moto.acm.models as acm
    import moto.applicationautoscaling.models as application
    import moto.autoscaling.models as autoscaling
    import moto.cloudwatch.models as cloudwatch
    import moto.codedeploy.models as moto_codedeploy
    import moto.ec2.models.instances as instances
    import moto.ec2.models.nat_gateways as nat_gateways
    import moto.ec2.models.subnets as subnets
    import moto.ec2.responses.instances as launches
    import moto.ecr.models as ecr
    import moto.elbv2.models as elbv2
    import moto.events.models as moto_events
    import moto.iam.models as iam
    import moto.logs.models as moto_logs
    import moto.scheduler.models as moto_scheduler
    import moto.servicediscovery.models as service_discovery
    import moto.ssm.models as ssm
    from moto.autoscaling.responses import AutoScalingResponse
    from moto.core.common_models import BaseModel
    from moto.ec2.models import ec2_backends
    from moto.logs.responses import LogsResponse
    from moto.scheduler.responses import EventBridgeSchedulerResponse
    from moto.servicediscovery.responses import ServiceDiscoveryResponse

    from ecsdash.sandbox.moto.models import (
        auto_scaling,
        certificates,
        codedeploy,
        compute,
        identity,
        images,
        load_balancing,
        logs,
        namespaces,
        network,
        parameters,
        queues,
        schedules,
        service_scaling,
        speed,
        telemetry,
    )
    from ecsdash.sandbox.moto.models.runtime import runtime

    speed.install()
    BaseModel.__new__ = _untracked  # type: ignore[method-assign]
    vars(nat_gateways)["random_private_ip"] = str  # no address of moto's choice: one of the subnet
    subnets.Subnet = network.SandboxSubnet  # type: ignore[misc]
    instances.Instance = compute.SandboxInstance  # type: ignore[misc]
    ec2_backends.backend = compute.SandboxEC2Backend
    launches.InstanceResponse.error_on_dryrun = compute.check_dry_run  # type: ignore[assignment, method-assign]
    launches.filter_iam_instance_profiles = compute.known_profile  # type: ignore[attr-defined]
    compute.offer_common_types()
    acm.CertBundle = certificates.SandboxCertificate  # type: ignore[misc]
    iam.iam_backends.backend = identity.SandboxIAMBackend
    iam.get_account_id_from = identity.account_of
    moto_codedeploy.codedeploy_backends.backend = codedeploy.SandboxCodeDeployBackend
    moto_codedeploy.DeploymentInfo = codedeploy.SandboxDeployment  # type: ignore[misc]
    ServiceDiscoveryResponse.list_services = namespaces.list_services  # type: ignore[method-assign]
    cloudwatch.cloudwatch_backends.backend = telemetry.SandboxCloudWatchBackend
    autoscaling.autoscaling_backends.backend = auto_scaling.SandboxAutoScalingBackend
    AutoScalingResponse.describe_scaling_activities = auto_scaling.describe_scaling_activities  # type: ignore[method-assign]
    AutoScalingResponse.delete_auto_scaling_group = auto_scaling.delete_auto_scaling_group  # type: ignore[method-assign]
    application.applicationautoscaling_backends.backend = service_scaling.SandboxApplicationAutoscalingBackend
    application.FakeApplicationAutoscalingPolicy = service_scaling.SandboxScalingPolicy  # type: ignore[misc]
    autoscaling.FakeAutoScalingGroup = auto_scaling.SandboxAutoScalingGroup  # type: ignore[misc]
    ecr.Image = images.SandboxImage  # type: ignore[misc]
    ecr.ecr_backends.backend = images.SandboxECRBackend
    service_discovery.servicediscovery_backends.backend = namespaces.SandboxServiceDiscoveryBackend
    elbv2.FakeTargetGroup = load_balancing.SandboxTargetGroup  # type: ignore[misc]
    elbv2.FakeLoadBalancer = load_balancing.SandboxLoadBalancer  # type: ignore[misc]
    elbv2.elbv2_backends.backend = load_balancing.SandboxELBv2Backend
    moto_events.Rule = schedules.SandboxRule  # type: ignore[misc]
    moto_scheduler.scheduler_backends.backend = schedules.SandboxSchedulerBackend
    EventBridgeSchedulerResponse.create_schedule = schedules.create_schedule  # type: ignore[assignment, method-assign]
    vars(moto_scheduler).update(unix_time=runtime.now, utcnow=logs.simulated_now)
    queues.install()
    vars(moto_logs)["utcnow"] = logs.simulated_now
    LogsResponse.filter_log_events = logs.filter_log_events  # type: ignore[assignment, method-assign]
    ssm.ParameterDict = parameters.SandboxParameters  # type: ignore[misc]
