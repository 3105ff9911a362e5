"""The service quotas of an account in a region, at their published defaults."""

from ecsdash.sandbox.ecs.errors import EcsError, client_error, invalid

CLUSTERS = 10_000
SERVICES_PER_CLUSTER = 5_000
CONTAINER_INSTANCES_PER_CLUSTER = 5_000
CAPACITY_PROVIDERS_PER_CLUSTER = 20
TARGET_GROUPS_PER_SERVICE = 5
CONTAINERS_PER_DEFINITION = 10
DEFINITION_BYTES = 64 * 1024
REVISIONS_PER_FAMILY = 1_000_000
ATTRIBUTES_PER_INSTANCE = 10
TAGS_PER_RESOURCE = 50
WAITING_TASKS_PER_CLUSTER = 500


def check_cluster(existing: int) -> None:
    if existing >= CLUSTERS:
        raise client_error(f"The maximum number of clusters for this account and region is {CLUSTERS}.")


def check_service(existing: int) -> None:
    if existing >= SERVICES_PER_CLUSTER:
        raise invalid(f"The maximum number of services per cluster, {SERVICES_PER_CLUSTER}, has been reached.")


def check_container_instance(existing: int) -> None:
    if existing >= CONTAINER_INSTANCES_PER_CLUSTER:
        raise client_error(
            f"The maximum number of container instances per cluster, {CONTAINER_INSTANCES_PER_CLUSTER}, has been "
            "reached."
        )


def check_capacity_providers(wanted: int) -> None:
    if wanted > CAPACITY_PROVIDERS_PER_CLUSTER:
        raise invalid(f"A cluster can have a maximum of {CAPACITY_PROVIDERS_PER_CLUSTER} capacity providers.")


def check_balancers(wanted: int) -> None:
    if wanted > TARGET_GROUPS_PER_SERVICE:
        raise invalid(f"load balancers can have at most {TARGET_GROUPS_PER_SERVICE} items.")


def check_definition(containers: int, size: int, revision: int) -> None:
    """`size` is the length of the definition as JSON; `revision` the number that it would get."""
    if containers > CONTAINERS_PER_DEFINITION:
        raise client_error(f"Too many containers. A task definition can have at most {CONTAINERS_PER_DEFINITION}.")
    if size > DEFINITION_BYTES:
        raise client_error(f"Actual length: '{size}'. Max allowed length is '{DEFINITION_BYTES}' bytes.")
    if revision > REVISIONS_PER_FAMILY:
        raise client_error(f"A family can have a maximum of {REVISIONS_PER_FAMILY} revisions.")


def check_attributes(wanted: int) -> None:
    if wanted > ATTRIBUTES_PER_INSTANCE:
        message = f"A resource can have a maximum of {ATTRIBUTES_PER_INSTANCE} custom attributes."
        raise EcsError("AttributeLimitExceededException", message)


def check_tags(wanted: int) -> None:
    if wanted > TAGS_PER_RESOURCE:
        raise invalid(f"Too many tags. A resource can have a maximum of {TAGS_PER_RESOURCE} tags.")


def check_waiting(waiting: int) -> None:
    """Number of tasks that wait in PROVISIONING for a capacity provider."""
    if waiting > WAITING_TASKS_PER_CLUSTER:
        raise client_error(f"Only {WAITING_TASKS_PER_CLUSTER} tasks of a cluster can be in the PROVISIONING state.")
