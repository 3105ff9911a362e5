"""What the user of an ended operation probably does next, as links on its page."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.operations.models import Operation
from ecsdash.operations.page_parts import Link, next_steps
from services.models import Service

#: Services with a link of their own.
MOST: Final = 3


@next_steps("register_task_definition")
def after_registration(user: User, operation: Operation) -> Iterable[Link]:
    """Yield the deployment of the new revision to the services of its family, or else its first uses."""
    registered = operation.steps.get(key="register").result["taskDefinition"]
    family, kwargs = registered["family"], operation.scope.url_kwargs()
    name = f"{family}:{registered['revision']}"
    rows = Service.objects.visible_to(user, Permission.DEPLOY).in_scope(operation.account, operation.region).present()
    using = rows.filter(status="ACTIVE", task_definition__contains=f"task-definition/{family}:")
    for service in using.select_related("account").order_by("cluster_name", "name")[:MOST]:
        address = reverse("actions:deploy_service", kwargs=service.url_kwargs())
        yield Link(f"Deploy it to {service.name}", f"{address}?{urlencode({'revision': name})}")
    if using.count() > MOST:
        several = reverse("actions:deploy_services", kwargs=kwargs)
        yield Link("Deploy it to all services of the family", f"{several}?{urlencode({'family': family})}")
    if not using and _clusters(user, operation).exists():
        query = urlencode({"task_definition": name})
        yield Link("Create a service", f"{reverse('services:service_new', kwargs=kwargs)}?{query}")
        yield Link("Run a task", f"{reverse('actions:run_task', kwargs=kwargs)}?{query}")


@next_steps("create_cluster")
def after_cluster(user: User, operation: Operation) -> Iterable[Link]:
    """Yield the first uses of a new cluster, as soon as it is in the inventory."""
    found = _clusters(user, operation).filter(name=operation.resource_name).select_related("account").first()
    if found is not None:
        yield Link("Create a service", reverse("actions:create_service", kwargs=found.url_kwargs()))
        query = urlencode({"cluster": found.name})
        yield Link("Run a task", f"{reverse('actions:run_task', kwargs=operation.scope.url_kwargs())}?{query}")


def _clusters(user: User, operation: Operation) -> QuerySet[Cluster]:
    """Return the clusters in which the user may create services and run tasks."""
    rows = Cluster.objects.visible_to(user, Permission.OPERATE).in_scope(operation.account, operation.region)
    return rows.present()
