"""Fields of how requests reach a service: load balancers, Service Connect, service discovery, VPC Lattice, gateways."""

from typing import Final

from ecsdash.web.forms.document.fields import Entries, Field, Pairs, Row, Section
from ecsdash.web.forms.document.kinds import Boolean, Choice, Choices, Integer

LOG_DRIVERS: Final = tuple((name, name) for name in (
    "awslogs", "awsfirelens", "splunk", "fluentd", "gelf", "json-file", "journald", "syslog",
))  # fmt: skip
SHIFTING: Final = "For the deployment strategies blue/green, linear and canary. "


def _shifting(role: str = "") -> Section:
    """Return the fields that name what ECS shifts traffic between."""
    above = "advancedConfiguration"
    groups = (
        Row((
            Field(f"{above}/alternateTargetGroupArn", "Second target group", suggestions="target-groups", mono=True),
            *((Field(f"{above}/roleArn", "Infrastructure role", suggestions="infrastructure-roles", mono=True,
                     help="ECS changes the listener rules with it"),) if role else ()),
        )),
        Row((
            Field(f"{above}/productionListenerRule", "Production listener rule", suggestions="listener-rules",
                  mono=True, help="Its traffic is shifted. Of a network load balancer, the listener."),
            Field(f"{above}/testListenerRule", "Test listener rule", suggestions="listener-rules", mono=True),
        )),
    )  # fmt: skip
    return Section("Traffic shifting", groups, help=SHIFTING)


BALANCERS: Final = Section(
    "Load balancers",
    help="Target groups in which ECS registers the tasks. New ones can be created below.",
    parts=(
        Entries(
            "loadBalancers",
            "Target groups",
            "Add target group",
            "target group",
            (
                Row((
                    Field("targetGroupArn", "Target group", Choice(unset="Choose"), options="target-groups"),
                    Field("containerName", "Container", suggestions="containers", required=True, mono=True),
                    Field("containerPort", "Port", Integer(), required=True),
                )),
                Field("loadBalancerName", "Classic Load Balancer", help="Instead of a target group"),
                _shifting("role"),
            ),
            named_by=("containerName", "loadBalancerName"),
            new={"targetGroupArn": "", "containerName": "", "containerPort": ""},
            single=False,
        ),
        Field(
            "healthCheckGracePeriodSeconds",
            "Health check grace period",
            Integer(),
            unit="s",
            help="Seconds after a task starts during which ECS ignores failed health checks.",
        ),
    ),
)  # fmt: skip

ALIASES: Final = Entries(
    "clientAliases",
    "Names and ports for clients",
    "Add client alias",
    "client alias",
    (
        Row((
            Field("port", "Port", Integer(), required=True),
            Field("dnsName", "DNS name", mono=True, help="Not set: discovery name and namespace"),
            Field("testTrafficRules/header/name", "Test traffic: header", mono=True),
            Field("testTrafficRules/header/value/exact", "Test traffic: value", mono=True),
        )),
    ),
    named_by=("dnsName", "port"),
    new={"port": ""},
)  # fmt: skip

CONNECT: Final = Section(
    "Service Connect",
    help="Clients in the namespace reach the service by a short name. With no service below it is a client only.",
    parts=(
        Row((
            Field("serviceConnectConfiguration/enabled", "Service Connect", Boolean(yes="On", no="Off")),
            Field("serviceConnectConfiguration/namespace", "Namespace", suggestions="namespaces", mono=True,
                  help="Name or ARN. Not set: the cluster's default namespace."),
        )),
        Entries(
            "serviceConnectConfiguration/services",
            "Ports that clients reach",
            "Add port",
            "port",
            (
                Row((
                    Field("portName", "Port name", suggestions="port-names", required=True, mono=True,
                          help="The name of a port mapping in the task definition"),
                    Field("discoveryName", "Discovery name", mono=True, help="Not set: the port name"),
                    Field("ingressPortOverride", "Port of the proxy", Integer()),
                )),
                ALIASES,
                Section("Timeouts and TLS", (
                    Row((
                        Field("timeout/idleTimeoutSeconds", "Idle timeout", Integer(), unit="s", help="0: none"),
                        Field("timeout/perRequestTimeoutSeconds", "Request timeout", Integer(), unit="s",
                              help="0: none"),
                    )),
                    Row((
                        Field("tls/issuerCertificateAuthority/awsPcaAuthorityArn", "Private certificate authority",
                              mono=True),
                        Field("tls/kmsKey", "KMS key", mono=True),
                        Field("tls/roleArn", "TLS role", suggestions="infrastructure-roles", mono=True),
                    )),
                )),
            ),
            named_by=("portName",),
            new={"portName": "", "clientAliases": [{"port": ""}]},
            single=False,
        ),
        Section("Proxy logs", (
            Row((
                Field("serviceConnectConfiguration/logConfiguration/logDriver", "Log driver",
                      Choice(choices=LOG_DRIVERS)),
                Field("serviceConnectConfiguration/accessLogConfiguration/format", "Access log",
                      Choice(choices=(("TEXT", "Text"), ("JSON", "JSON")), unset="Not set (none)")),
                Field("serviceConnectConfiguration/accessLogConfiguration/includeQueryParameters",
                      "Query parameters in the access log",
                      Choice(choices=(("ENABLED", "Included"), ("DISABLED", "Not included")))),
            )),
            Pairs("serviceConnectConfiguration/logConfiguration/options", "Log options"),
            Entries(
                "serviceConnectConfiguration/logConfiguration/secretOptions", "Secret log options",
                "Add secret option", "secret option",
                (Row((Field("name", "Name", mono=True), Field("valueFrom", "Secret", mono=True))),),
                new={"name": "", "valueFrom": ""},
            ),
            Entries(
                "serviceConnectConfiguration/containerConfigurations", "Log level of the proxy",
                "Add log level", "proxy container",
                (Field("logLevel", "Log level", Choice(choices=(("info", "info"), ("debug", "debug")))),),
                named_by=("logLevel",), new={"logLevel": "info"},
            ),
        )),
    ),
)  # fmt: skip

DISCOVERY: Final = Section(
    "Service discovery",
    help="A Cloud Map service whose instances are the tasks: clients find them by DNS.",
    parts=(
        Entries(
            "serviceRegistries",
            "Cloud Map services",
            "Add Cloud Map service",
            "Cloud Map service",
            (
                Field("registryArn", "Cloud Map service", suggestions="registries", mono=True, required=True),
                Row((
                    Field("containerName", "Container", suggestions="containers", mono=True,
                          help="For SRV records in the modes bridge and host"),
                    Field("containerPort", "Container port", Integer()),
                    Field("port", "Port", Integer(), help="For SRV records in awsvpc mode"),
                )),
            ),
            named_by=("registryArn",),
            new={"registryArn": ""},
        ),
    ),
)  # fmt: skip

LATTICE: Final = Section(
    "VPC Lattice",
    (
        Entries(
            "vpcLatticeConfigurations",
            "VPC Lattice target groups",
            "Add VPC Lattice target group",
            "VPC Lattice target group",
            (
                Row((
                    Field("targetGroupArn", "Target group", mono=True, required=True),
                    Field("portName", "Port name", suggestions="port-names", mono=True, required=True),
                    Field("roleArn", "Infrastructure role", suggestions="infrastructure-roles", mono=True,
                          required=True),
                )),
                _shifting(),
            ),
            named_by=("portName",),
            new={"targetGroupArn": "", "portName": "", "roleArn": ""},
            single=False,
        ),
    ),
)  # fmt: skip

GATEWAYS: Final = Section(
    "Gateway and metrics resolution",
    help="ECS does not describe these with the service: of an existing service, they are set here, but not shown.",
    parts=(
        Entries(
            "gatewayConnectors",
            "Gateway connectors",
            "Add gateway connector",
            "gateway connector",
            (
                Row((
                    Field("portName", "Port name", suggestions="port-names", mono=True, required=True),
                    Field("filters/accessTypes", "Reachable",
                          Choices(choices=(("PUBLIC", "From the internet"), ("PRIVATE", "Inside the VPC")))),
                    Field("deregistrationDelay/timeoutSeconds", "Deregistration delay", Integer(), unit="s"),
                )),
                Row((
                    Field("healthCheck/healthCheckProtocol", "Health check",
                          Choice(choices=(("HTTP", "HTTP"), ("HTTPS", "HTTPS")))),
                    Field("healthCheck/healthCheckPort", "Port", Integer()),
                    Field("healthCheck/healthCheckPath", "Path", mono=True),
                    Field("healthCheck/matcher/httpCode", "HTTP codes", mono=True),
                    Field("healthCheck/matcher/grpcCode", "gRPC codes", mono=True),
                )),
                Row((
                    Field("healthCheck/healthCheckIntervalSeconds", "Interval", Integer(), unit="s"),
                    Field("healthCheck/healthCheckTimeoutSeconds", "Timeout", Integer(), unit="s"),
                    Field("healthCheck/healthyThresholdCount", "Healthy after", Integer()),
                    Field("healthCheck/unhealthyThresholdCount", "Unhealthy after", Integer()),
                )),
            ),
            named_by=("portName",),
            new={"portName": ""},
            single=False,
        ),
        Entries(
            "monitoring/metricConfigurations",
            "Resolution of metrics",
            "Add resolution",
            "resolution",
            (
                Row((
                    Field("metricNames", "Metrics", Choices(choices=(("CPUUtilization", "CPU utilization"),
                                                                     ("MemoryUtilization", "Memory utilization")))),
                    Field("resolutionSeconds", "Every", Integer(), unit="s"),
                )),
            ),
            named_by=("resolutionSeconds",),
            new={"metricNames": [], "resolutionSeconds": ""},
        ),
    ),
)  # fmt: skip
