"""Settings of Compose services that ECS tasks on Fargate do not have: why, and what to do instead."""

from typing import Final

ONE_INTERFACE: Final = "In awsvpc mode the task has a network interface of its own, and ECS refuses this setting."
NO_HOST: Final = "Fargate gives no access to the machine that runs the task."
NO_SETTING: Final = "ECS has no such setting."
BY_BUILD: Final = "ECS runs images, it does not build them."
#: Key -> (why, how).
IMPOSSIBLE: Final[dict[str, tuple[str, str]]] = {
    "devices": (NO_HOST, "Run the task on container instances."),
    "device_cgroup_rules": (NO_HOST, ""),
    "gpus": ("Fargate has no GPUs.", "Run the task on container instances with GPUs."),
    "privileged": (NO_HOST, "Run the task on container instances."),
    "pid": (NO_HOST, ""),
    "ipc": (NO_HOST, ""),
    "uts": (NO_HOST, ""),
    "cgroup": (NO_HOST, ""),
    "cgroup_parent": (NO_HOST, ""),
    "userns_mode": (NO_HOST, ""),
    "runtime": (NO_HOST, ""),
    "security_opt": (NO_HOST, ""),
    "shm_size": (
        "Fargate has no setting for shared memory.",
        "Mount a tmpfs at /dev/shm, or run on container instances.",
    ),
    "hostname": (ONE_INTERFACE, ""),
    "domainname": (ONE_INTERFACE, ""),
    "mac_address": (ONE_INTERFACE, ""),
    "extra_hosts": (ONE_INTERFACE, "Create a record in a private hosted zone of Route 53."),
    "links": (ONE_INTERFACE, "Use Service Connect."),
    "external_links": (ONE_INTERFACE, "Use Service Connect."),
    "configs": ("ECS has no configuration files.", "Copy the file into the image, or keep it on EFS."),
    "volumes_from": ("It names containers of one machine.", "Mount the same volume in both services."),
    "develop": ("It is for development on one machine.", ""),
    "provider": ("It is started by a plug-in of Compose.", ""),
    "models": ("It is started by a plug-in of Compose.", ""),
    "post_start": (NO_SETTING, "Run it in the entry point of the image."),
    "pre_stop": (NO_SETTING, "Handle SIGTERM in the program."),
    "use_api_socket": (NO_HOST, ""),
    "credential_spec": (NO_SETTING, ""),
    "group_add": (NO_SETTING, "Set the group in the image."),
    "stop_signal": (NO_SETTING, "Set STOPSIGNAL in the image."),
    "dns_opt": (NO_SETTING, ""),
    "isolation": (NO_SETTING, ""),
    "storage_opt": (NO_SETTING, "Set the ephemeral storage of the task."),
    "oom_kill_disable": (NO_SETTING, ""),
    "oom_score_adj": (NO_SETTING, ""),
    "pids_limit": (NO_SETTING, ""),
    "mem_swappiness": ("Fargate has no swap.", ""),
    "memswap_limit": ("Fargate has no swap.", ""),
    "blkio_config": (NO_SETTING, ""),
    "cpu_shares": (NO_SETTING, "Set the CPU units of the container."),
    "cpu_count": (NO_SETTING, ""),
    "cpu_percent": (NO_SETTING, ""),
    "cpu_period": (NO_SETTING, "Set the CPU units of the container."),
    "cpu_quota": (NO_SETTING, "Set the CPU units of the container."),
    "cpu_rt_period": (NO_SETTING, ""),
    "cpu_rt_runtime": (NO_SETTING, ""),
    "cpuset": (NO_SETTING, ""),
    "network_mode": ("Tasks on Fargate use the network mode awsvpc.", ""),
}
#: Keys without an effect on the task: what they say, or where it is decided.
WITHOUT_EFFECT: Final[dict[str, str]] = {
    "container_name": "The container has the name of the service.",
    "pull_policy": "ECS pulls the image for each task.",
    "attach": "It is about the output of docker compose.",
    "annotations": "ECS has labels and tags.",
    "label_file": "Its labels were not read.",
}
