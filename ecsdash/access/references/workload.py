"""What services and tasks name: cluster, task definition, network, load balancing, hooks, alarms, volumes, roles."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ecsdash.access.permissions import Capability
from ecsdash.access.references import How, Reference, RequiredCapability, tail, thing

Params = Mapping[str, Any]
Named = Iterator[Reference | RequiredCapability]
DEFAULT_CLUSTER: Final = "default"
#: Capacity providers of AWS itself.
OF_AWS: Final = frozenset({"FARGATE", "FARGATE_SPOT"})
PUBLIC_ADDRESSES: Final = RequiredCapability(Capability.PUBLIC_EXPOSURE, "The tasks get public IP addresses.")


def workload(params: Params) -> Named:
    """Yield what the parameters of a service or of tasks name."""
    yield thing(How.USES, "cluster", tail(params.get("cluster", DEFAULT_CLUSTER)))
    yield thing(How.USES, "task_definition", params.get("taskDefinition"))
    yield from providers({"defaultCapacityProviderStrategy": params.get("capacityProviderStrategy", ())})
    yield from _network(params.get("networkConfiguration") or {})
    for balancer in params.get("loadBalancers") or ():
        yield from _balancer(balancer)
    for registry in params.get("serviceRegistries") or ():
        yield thing(How.USES, "namespace", registry.get("registryArn"))
    yield from _connect(params.get("serviceConnectConfiguration") or {})
    yield from _deployments(params.get("deploymentConfiguration") or {})
    for volume in params.get("volumeConfigurations") or ():
        yield from _volume(volume.get("managedEBSVolume") or {})
    for target in params.get("vpcLatticeConfigurations") or ():
        yield thing(How.USES, "lattice_target_group", target.get("targetGroupArn"))
        yield from _shifted(target)
    for connector in params.get("gatewayConnectors") or ():
        yield from _gateway(connector)
    yield thing(How.PASSES, "role", params.get("role"))


def secret_of(value: Any) -> Reference:
    """Return a reference to a secret or parameter. One version or one key of a secret counts as the secret."""
    if not isinstance(value, str) or not value.startswith("arn:"):
        return thing(How.READS, "secret", value)
    parts = value.split(":")
    return thing(How.READS, "secret", value if parts[2] == "ssm" else ":".join(parts[:7]))


def providers(params: Params) -> Iterable[Reference]:
    strategy = params.get("defaultCapacityProviderStrategy") or ()
    for name in [*(params.get("capacityProviders") or ()), *(each["capacityProvider"] for each in strategy)]:
        if name not in OF_AWS:
            yield thing(How.USES, "capacity_provider", name)


def _network(configuration: Params) -> Named:
    network = configuration.get("awsvpcConfiguration") or {}
    for subnet in network.get("subnets") or ():
        yield thing(How.USES, "subnet", subnet)
    for group in network.get("securityGroups") or ():
        yield thing(How.USES, "security_group", group)
    if network.get("assignPublicIp") == "ENABLED":
        yield PUBLIC_ADDRESSES


def _balancer(balancer: Params) -> Named:
    yield thing(How.USES, "target_group", balancer.get("targetGroupArn"))
    if name := balancer.get("loadBalancerName"):
        yield thing(How.USES, "load_balancer", name)
    yield from _shifted(balancer)


def _shifted(target: Params) -> Named:
    """What ECS changes to shift traffic: it writes the rules itself, with the role."""
    advanced = target.get("advancedConfiguration") or {}
    lattice = "portName" in target
    group = "lattice_target_group" if lattice else "target_group"
    yield thing(How.USES, group, advanced.get("alternateTargetGroupArn"))
    for key in ("productionListenerRule", "testListenerRule"):
        arn = str(advanced.get(key) or "")
        kind = "lattice_rule" if lattice else "listener_rule" if ":listener-rule/" in arn else "listener"
        yield thing(How.CHANGES, kind, advanced.get(key))
    yield thing(How.PASSES, "role", advanced.get("roleArn"))
    yield thing(How.PASSES, "role", target.get("roleArn"))


def _connect(connect: Params) -> Named:
    yield thing(How.USES, "namespace", connect.get("namespace"))
    for service in connect.get("services") or ():
        tls = service.get("tls") or {}
        authority = tls.get("issuerCertificateAuthority") or {}
        yield thing(How.USES, "certificate_authority", authority.get("awsPcaAuthorityArn"))
        yield thing(How.USES, "kms_key", tls.get("kmsKey"))
        yield thing(How.PASSES, "role", tls.get("roleArn"))
    logs = connect.get("logConfiguration") or {}
    yield thing(How.USES, "log_group", (logs.get("options") or {}).get("awslogs-group"))
    for each in logs.get("secretOptions") or ():
        yield secret_of(each["valueFrom"])


def _deployments(configuration: Params) -> Named:
    for name in (configuration.get("alarms") or {}).get("alarmNames") or ():
        yield thing(How.READS, "alarm", name)
    for hook in configuration.get("lifecycleHooks") or ():
        yield thing(How.USES, "function", hook.get("hookTargetArn"))
        yield thing(How.PASSES, "role", hook.get("roleArn"))


def _volume(volume: Params) -> Named:
    yield thing(How.USES, "kms_key", volume.get("kmsKeyId"))
    yield thing(How.READS, "snapshot", volume.get("snapshotId"))
    yield thing(How.PASSES, "role", volume.get("roleArn"))


def _gateway(connector: Params) -> Named:
    types = (connector.get("filters") or {}).get("accessTypes") or ()
    if set(types) != {"PRIVATE"}:
        yield RequiredCapability(Capability.PUBLIC_EXPOSURE, "A gateway connector makes the service public.")
