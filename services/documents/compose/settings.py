"""Settings of a Compose service that have a counterpart in the container definition, converted one by one."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from ecsdash.web.forms.document.pointers import below
from services.documents.compose.report import Misused, Report
from services.documents.compose.unsupported import NO_SETTING
from services.documents.compose.values import mapping, pairs, seconds, text, texts, truth, whole, words

#: Drivers of Fargate. Others are replaced by the first one.
LOG_DRIVERS: Final = ("awslogs", "splunk", "awsfirelens")
CAPABILITIES_OF_FARGATE: Final = ("SYS_PTRACE",)
ULIMITS_OF_FARGATE: Final = ("nofile",)
LONGEST_STOP: Final = 120
EFFECTLESS_IN_DEPLOY: Final = {
    "endpoint_mode": "Tasks have addresses of their own.",
    "labels": "ECS has tags on services.",
    "placement": "Fargate has no machines to choose from.",
    "update_config": "Choose the deployment settings of the service in its form.",
    "rollback_config": "Choose the deployment settings of the service in its form.",
}
CONDITIONS: Final = {"none": "no", "on-failure": "on-failure", "any": "always"}


def labels(value: Any) -> dict[str, str]:
    return {name: given or "" for name, given in pairs(value).items()}


#: Key -> member of the container, how its value is read, and what it is called in the report.
DIRECT: Final[dict[str, tuple[str, Callable[[Any], Any], str]]] = {
    "command": ("command", words, "Command"),
    "entrypoint": ("entryPoint", words, "Entry point"),
    "user": ("user", text, "User"),
    "working_dir": ("workingDirectory", text, "Working directory"),
    "read_only": ("readonlyRootFilesystem", truth, "Read-only root file system"),
    "tty": ("pseudoTerminal", truth, "Terminal"),
    "stdin_open": ("interactive", truth, "Standard input"),
    "labels": ("dockerLabels", labels, "Labels"),
}


def log_configuration(value: Any, group: str, region: str, at: str, report: Report) -> dict[str, Any]:
    """Return the log configuration: that of the file if Fargate has its driver, else CloudWatch Logs."""
    driver = text(mapping(value).get("driver") or "") if value is not None else ""
    options = {name: text(each) for name, each in mapping(mapping(value or {}).get("options") or {}).items()}
    if driver in LOG_DRIVERS:
        report.carried(at, f"Log driver {driver}")
        return {"logDriver": driver, "options": options} if options else {"logDriver": driver}
    if driver:
        report.changed(at, f"Log driver {driver} became awslogs.", f"Fargate has {', '.join(LOG_DRIVERS)}.")
    place = {"awslogs-group": group, "awslogs-region": region or "${AWS_REGION}", "awslogs-stream-prefix": "ecs"}
    return {"logDriver": LOG_DRIVERS[0], "options": place}


def restart_policy(value: str, at: str, report: Report) -> dict[str, Any]:
    """Return the restart policy of the container, {} without one."""
    kind, _, most = value.partition(":")
    if kind in ("always", "unless-stopped"):
        report.carried(at, "ECS restarts the container when it ends")
        return {"enabled": True}
    if kind == "on-failure":
        if most:
            what = "The number of restarts was left out: ECS restarts the container whenever it fails."
            report.changed(at, what, NO_SETTING)
        else:
            report.carried(at, "ECS restarts the container when it fails")
        return {"enabled": True, "ignoredExitCodes": [0]}
    if kind not in ("no", "false"):
        raise Misused("no, always, on-failure or unless-stopped is expected.")
    report.changed(
        at,
        "When the container ends, ECS stops the task, and a service starts a new one.",
        "A service of ECS keeps its tasks running.",
        "Run it as a task without a service, or switch off Essential in the form.",
    )
    return {}


def deploy(value: Mapping[str, Any], at: str, report: Report) -> dict[str, Any]:
    """Return the members of the container that `deploy` sets beside its resources."""
    for name, why in EFFECTLESS_IN_DEPLOY.items():
        if value.get(name):
            report.changed(below(at, name), f"{name} was left out.", why)
    if value.get("mode") in ("global", "global-job", "replicated-job"):
        report.impossible(
            below(at, "mode"), "The service has replicas.", "Fargate has no machines to run one task on each."
        )
    policy = mapping(value.get("restart_policy") or {})
    condition = CONDITIONS.get(text(policy.get("condition", "any"))) if policy else None
    found = restart_policy(condition, below(at, "restart_policy"), report) if condition else {}
    return {"restartPolicy": found} if found else {}


def linux_parameters(key: str, value: Any, at: str, report: Report) -> dict[str, Any]:
    """Return the Linux parameters of `init`, `cap_add` or `cap_drop`."""
    if key == "init":
        report.carried(at, "Init process")
        return {"initProcessEnabled": truth(value)}
    names = [each.upper().removeprefix("CAP_") for each in texts(value)]
    refused = [each for each in names if key == "cap_add" and each not in CAPABILITIES_OF_FARGATE]
    kept = [each for each in names if each not in refused]
    if refused:
        why = f"Fargate adds {', '.join(CAPABILITIES_OF_FARGATE)} only."
        report.impossible(at, f"Left out: {', '.join(refused)}.", why, "Run the task on container instances.")
    if not kept:
        return {}
    report.carried(at, f"Capabilities: {', '.join(kept)}")
    return {"capabilities": {"add" if key == "cap_add" else "drop": kept}}


def named_list(key: str, value: Any, at: str, report: Report) -> tuple[str, list[dict[str, Any]]]:
    """Return the member and the entries of `ulimits` or `sysctls`."""
    if key == "sysctls":
        found = [{"namespace": name, "value": given or ""} for name, given in pairs(value).items()]
        report.carried(at, f"System controls: {len(found)}")
        return "systemControls", found
    limits = []
    for name, limit in mapping(value).items():
        if name not in ULIMITS_OF_FARGATE:
            report.impossible(below(at, name), f"{name} was left out.", "Fargate has only the limit nofile.")
            continue
        own = limit if isinstance(limit, Mapping) else {"soft": limit, "hard": limit}
        limits.append({"name": name, "softLimit": whole(own.get("soft")), "hardLimit": whole(own.get("hard"))})
        report.carried(below(at, name), "Limit of open files")
    return "ulimits", limits


def stop_timeout(value: Any, at: str, report: Report) -> int:
    """Return the seconds before a container is killed, within the limit of Fargate."""
    given = seconds(value)
    found = min(max(int(-(-given // Decimal(1))), 2), LONGEST_STOP)
    if found == given:
        report.carried(at, f"Stop timeout of {found} s")
    else:
        report.changed(at, f"The stop timeout is {found} s.", f"Fargate allows whole seconds from 2 to {LONGEST_STOP}.")
    return found
