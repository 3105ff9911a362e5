"""Links to resources in the AWS console of their partition."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from ecsdash.aws.arns import Arn, dns_suffix, parse, partition_of

#: Partition -> the console's domain. The other partitions have no public console, so there are no links.
DOMAINS: Final = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
}


def cluster(region: str, name: str) -> str:
    return _ecs(region, "clusters", name, "services")


def capacity_providers(region: str, cluster: str) -> str:
    """Return the link to the Infrastructure tab of a cluster."""
    return _ecs(region, "clusters", cluster, "infrastructure")


def container_instance(region: str, cluster: str, identifier: str) -> str:
    return _ecs(region, "clusters", cluster, "infrastructure", "container-instances", identifier)


def service(region: str, cluster: str, name: str) -> str:
    return _ecs(region, "clusters", cluster, "services", name, "health")


def service_deployment(region: str, cluster: str, service: str, identifier: str) -> str:
    return _ecs(region, "clusters", cluster, "services", service, "deployments", identifier)


def task(region: str, cluster: str, identifier: str) -> str:
    return _ecs(region, "clusters", cluster, "tasks", identifier, "configuration")


def task_definition(region: str, family: str, revision: str) -> str:
    return _ecs(region, "task-definitions", family, revision, "containers")


def task_definition_family(region: str, family: str) -> str:
    return _ecs(region, "task-definitions", family)


def ec2_instance(region: str, identifier: str) -> str:
    return _page(region, "ec2/home", f"InstanceDetails:instanceId={identifier}")


def auto_scaling_group(region: str, name: str) -> str:
    return _page(region, "ec2/home", f"AutoScalingGroupDetails:id={quote(name, safe='')};view=details")


def load_balancer(region: str, arn: str) -> str:
    return _page(region, "ec2/home", f"LoadBalancer:loadBalancerArn={arn}")


def target_group(region: str, arn: str) -> str:
    return _page(region, "ec2/home", f"TargetGroup:targetGroupArn={arn}")


def log_group(region: str, name: str) -> str:
    return _page(region, "cloudwatch/home", f"logsV2:log-groups/log-group/{_cloudwatch(name)}")


def log_stream(region: str, group: str, name: str) -> str:
    stream = f"log-groups/log-group/{_cloudwatch(group)}/log-events/{_cloudwatch(name)}"
    return _page(region, "cloudwatch/home", f"logsV2:{stream}")


def event_rule(region: str, name: str) -> str:
    """Return the link to a rule of the default event bus."""
    return _page(region, "events/home", f"/eventbus/default/rules/{quote(name, safe='')}")


def queue(region: str, url: str) -> str:
    """Return the link to an SQS queue."""
    return _page(region, "sqs/v3/home", f"/queues/{quote(url, safe='')}")


#: The pages that a template may name.
PAGES: Final[Mapping[str, Callable[..., str]]] = {
    each.__name__: each
    for each in (capacity_providers, ec2_instance, log_group, log_stream, queue, task_definition_family)
}


def of_arn(text: str) -> str:
    """Return the link to the resource of an ARN, "" when no page is known."""
    arn = parse(text)
    link = _of_service(arn) if arn else None
    return link(arn) if link and arn else ""


def _of_service(arn: Arn) -> Callable[[Arn], str] | None:
    kind = arn.resource.replace(":", "/").partition("/")[0]
    return _BY_KIND.get((arn.service, kind)) or _BY_KIND.get((arn.service, ""))


def _parts(arn: Arn) -> list[str]:
    return arn.resource.split("/")[1:]


def _of_ecs(kind: Callable[..., str], count: int) -> Callable[[Arn], str]:
    """Return a function for ARNs with `count` names; ARNs of the old format have no cluster name and no page."""

    def page(arn: Arn) -> str:
        names = _parts(arn)
        return kind(arn.region, *names) if len(names) == count else ""

    return page


def _of_definition(arn: Arn) -> str:
    family, _, revision = _parts(arn)[0].partition(":")
    return task_definition(arn.region, family, revision) if revision else task_definition_family(arn.region, family)


def _of_queue(arn: Arn) -> str:
    return queue(arn.region, f"https://sqs.{arn.region}.{dns_suffix(arn.region)}/{arn.account_id}/{arn.resource}")


_BY_KIND: Final[dict[tuple[str, str], Callable[[Arn], str]]] = {
    ("ecs", "cluster"): _of_ecs(cluster, 1),
    ("ecs", "service"): _of_ecs(service, 2),
    ("ecs", "service-deployment"): _of_ecs(service_deployment, 3),
    ("ecs", "task"): _of_ecs(task, 2),
    ("ecs", "task-definition"): _of_definition,
    ("ecs", "container-instance"): _of_ecs(container_instance, 2),
    ("ec2", "instance"): lambda arn: ec2_instance(arn.region, _parts(arn)[0]),
    ("autoscaling", "autoScalingGroup"): lambda arn: auto_scaling_group(
        arn.region, arn.resource.partition("autoScalingGroupName/")[2]
    ),
    ("elasticloadbalancing", "loadbalancer"): lambda arn: load_balancer(arn.region, str(arn)),
    ("elasticloadbalancing", "targetgroup"): lambda arn: target_group(arn.region, str(arn)),
    ("logs", "log-group"): lambda arn: log_group(arn.region, arn.resource.split(":")[1]),
    ("events", "rule"): lambda arn: event_rule(arn.region, _parts(arn)[-1]),
    ("sqs", ""): _of_queue,
}


def _ecs(region: str, *names: str) -> str:
    return _page(region, "/".join(["ecs/v2", *(quote(name, safe="") for name in names)]))


def _page(region: str, path: str, fragment: str = "") -> str:
    domain = DOMAINS.get(partition_of(region))
    if domain is None:
        return ""
    return f"https://{region}.{domain}/{path}?region={region}" + (f"#{fragment}" if fragment else "")


def _cloudwatch(name: str) -> str:
    """CloudWatch encodes names twice in its addresses, the second time with a dollar sign."""
    return quote(quote(name, safe=""), safe="").replace("%", "$")
