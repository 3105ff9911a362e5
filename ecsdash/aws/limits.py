"""Page and batch sizes of the ECS API (developer guide; botocore's service model).

Every List* takes up to 100 but ListServices answers 10 unless asked for more, so 100 is always asked for.
"""

PAGE = 100
DESCRIBE_CLUSTERS = 100
DESCRIBE_SERVICES = 10
DESCRIBE_TASKS = 100
DESCRIBE_CONTAINER_INSTANCES = 100
DESCRIBE_CAPACITY_PROVIDERS = 10
DESCRIBE_SERVICE_DEPLOYMENTS = 20
DESCRIBE_SERVICE_REVISIONS = 20
RUN_TASK_COUNT = 10
DELETE_TASK_DEFINITIONS = 10
DESCRIBE_LOAD_BALANCERS = 20

#: Fargate: CPU units -> (least, most, step) of memory in MiB (ECS developer guide, "Task size").
FARGATE_MEMORY = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


def fargate_memory_choices(cpu: int) -> list[int]:
    """The memory sizes in MiB that Fargate offers with `cpu` units; empty when it offers no such CPU size."""
    if cpu not in FARGATE_MEMORY:
        return []
    least, most, step = FARGATE_MEMORY[cpu]
    sizes = list(range(least, most + 1, step))
    return [512, 1024, 2048] if cpu == 256 else sizes
