"""Daemons of Managed Instances: kept and shown. They run on every instance of their providers, and are not tasks."""

from ecsdash.sandbox.ecs.call import Call, Handler, compact, missing, tags_from
from ecsdash.sandbox.ecs.errors import EcsError, client_error, invalid
from ecsdash.sandbox.ecs.models import Json
from ecsdash.sandbox.ecs.paging import page
from ecsdash.sandbox.ecs.state import own, short

_BRIEF = ("daemonArn", "status", "createdAt", "updatedAt")
_SUMMARY = ("registeredAt", "registeredBy", "deleteRequestedAt", "status")
_SETTINGS = ("deploymentConfiguration", "propagateTags", "enableECSManagedTags", "enableExecuteCommand", "critical")


def register_definition(call: Call, params: Json) -> Json:
    family = params["family"]
    known = [each for each in call.region.daemon_definitions.values() if each["family"] == family]
    revision = 1 + max((each["revision"] for each in known), default=0)
    arn = call.arn(f"daemon-task-definition/{family}:{revision}")
    body = {name: value for name, value in params.items() if name != "tags"}
    times = {"registeredAt": call.now, "registeredBy": call.caller, "status": "ACTIVE"}
    call.region.daemon_definitions[arn] = body | {"daemonTaskDefinitionArn": arn, "revision": revision, **times}
    tags_from(params)
    return {"daemonTaskDefinitionArn": arn}


def describe_definition(call: Call, params: Json) -> Json:
    return {"daemonTaskDefinition": _definition(call, params["daemonTaskDefinition"])}


def list_definitions(call: Call, params: Json) -> Json:
    status, prefix = params.get("status", "ACTIVE"), params.get("familyPrefix", "")
    found = [
        (arn, {"arn": arn, **{name: each[name] for name in _SUMMARY if name in each}})
        for arn, each in sorted(call.region.daemon_definitions.items())
        if status in ("ALL", each["status"])
        and each["family"].startswith(prefix)
        and params.get("family") in (None, each["family"])
    ]
    shown, token = page(found, params, default=100)
    return {"daemonTaskDefinitions": shown, **token}


def delete_definition(call: Call, params: Json) -> Json:
    definition = _definition(call, params["daemonTaskDefinition"])
    arn = definition["daemonTaskDefinitionArn"]
    if any(arn == daemon["daemonTaskDefinitionArn"] for daemon in call.region.daemons.values()):
        raise client_error("The specified daemon task definition is in use by a daemon.")
    ended = {"status": "DELETE_IN_PROGRESS", "deleteRequestedAt": call.now}
    call.region.daemon_definitions[arn] = definition | ended
    return {"daemonTaskDefinitionArn": arn}


def create_daemon(call: Call, params: Json) -> Json:
    cluster = call.cluster({"cluster": params.get("clusterArn", "default")})
    arn = call.arn(f"daemon/{cluster.name}/{params['daemonName']}")
    if arn in call.region.daemons:
        raise invalid("Creation of daemon was not idempotent.")
    _check_providers(call, cluster.name, params["capacityProviderArns"])
    daemon = {"daemonArn": arn, "clusterArn": cluster.arn, "status": "ACTIVE", "createdAt": call.now, "deployments": []}
    call.region.daemons[arn] = _deployed(call, daemon, params)
    return _answer(call.region.daemons[arn])


def update_daemon(call: Call, params: Json) -> Json:
    daemon = _daemon(call, params["daemonArn"])
    _check_providers(call, daemon["clusterArn"].rpartition("/")[2], params["capacityProviderArns"])
    call.region.daemons[daemon["daemonArn"]] = _deployed(call, daemon, params)
    return _answer(call.region.daemons[daemon["daemonArn"]])


def delete_daemon(call: Call, params: Json) -> Json:
    daemon = _daemon(call, params["daemonArn"])
    del call.region.daemons[daemon["daemonArn"]]
    return _answer(daemon | {"status": "DELETE_IN_PROGRESS"})


def describe_daemon(call: Call, params: Json) -> Json:
    daemon = _daemon(call, params["daemonArn"])
    shown = {name: daemon[name] for name in (*_BRIEF, "clusterArn")}
    counts = [{"arn": arn, "runningCount": _running(call, daemon, arn)} for arn in daemon["capacityProviderArns"]]
    total = sum(each["runningCount"] for each in counts)
    newest = daemon["deployments"][0]
    revision = {"arn": newest["revision"], "capacityProviders": counts, "totalRunningCount": total}
    return {"daemon": shown | {"currentRevisions": [revision], "deploymentArn": newest["arn"]}}


def list_daemons(call: Call, params: Json) -> Json:
    wanted = own(call.scope, params["clusterArn"], "cluster") if "clusterArn" in params else None
    found = [
        (arn, {name: daemon[name] for name in _BRIEF})
        for arn, daemon in sorted(call.region.daemons.items())
        if wanted in (None, daemon["clusterArn"].rpartition("/")[2])
    ]
    shown, token = page(found, params, default=100)
    return {"daemonSummariesList": shown, **token}


def list_deployments(call: Call, params: Json) -> Json:
    daemon = _daemon(call, params["daemonArn"])
    found = [(f"{index:06d}", _deployment(daemon, each)) for index, each in enumerate(daemon["deployments"])]
    shown, token = page(found, params, default=20)
    return {"daemonDeployments": shown, **token}


def describe_deployments(call: Call, params: Json) -> Json:
    known = {each["arn"]: (daemon, each) for daemon in call.region.daemons.values() for each in daemon["deployments"]}
    found = []
    for arn in [arn for arn in params["daemonDeploymentArns"] if arn in known]:
        shown = _deployment(*known[arn])
        target = {"arn": shown.pop("targetDaemonRevisionArn")}
        del shown["daemonArn"]
        found.append(shown | {"targetDaemonRevision": target})
    return {"daemonDeployments": found, "failures": _missing(params["daemonDeploymentArns"], known)}


def describe_revisions(call: Call, params: Json) -> Json:
    daemons = call.region.daemons.values()
    known = {each["revision"]: (daemon, each) for daemon in daemons for each in daemon["deployments"]}
    found = [_revision(call, *known[arn]) for arn in params["daemonRevisionArns"] if arn in known]
    return {"daemonRevisions": found, "failures": _missing(params["daemonRevisionArns"], known)}


def _deployed(call: Call, daemon: Json, params: Json) -> Json:
    """Return the daemon with a new deployment: complete at once, because instances start with their daemons."""
    definition = _definition(call, params["daemonTaskDefinitionArn"])
    place = daemon["daemonArn"].rpartition(":daemon/")[2]
    deployment = {
        "arn": call.arn(f"daemon-deployment/{place}/{call.state.hex_id()[:21]}"),
        "revision": call.arn(f"daemon-revision/{place}/{call.state.number_id()}"),
        "definition": definition["daemonTaskDefinitionArn"],
        "at": call.now,
        "settings": {name: params[name] for name in _SETTINGS if name in params},
    }
    changed = {
        "daemonTaskDefinitionArn": definition["daemonTaskDefinitionArn"],
        "capacityProviderArns": params["capacityProviderArns"],
        "updatedAt": call.now,
    }
    return daemon | changed | {"deployments": [deployment, *daemon["deployments"]]}


def _answer(daemon: Json) -> Json:
    times = {name: daemon[name] for name in ("daemonArn", "status", "createdAt")}
    return times | {"deploymentArn": daemon["deployments"][0]["arn"]}


def _deployment(daemon: Json, each: Json) -> Json:
    return {
        "daemonDeploymentArn": each["arn"],
        "daemonArn": daemon["daemonArn"],
        "clusterArn": daemon["clusterArn"],
        "status": "SUCCESSFUL",
        "targetDaemonRevisionArn": each["revision"],
        **dict.fromkeys(("createdAt", "startedAt", "finishedAt"), each["at"]),
    }


def _revision(call: Call, daemon: Json, each: Json) -> Json:
    containers = call.region.daemon_definitions[each["definition"]]["containerDefinitions"]
    images = [compact({"containerName": one.get("name"), "image": one["image"]}) for one in containers]
    settings = {name: value for name, value in each["settings"].items() if name != "deploymentConfiguration"}
    return settings | {
        "daemonRevisionArn": each["revision"],
        "clusterArn": daemon["clusterArn"],
        "daemonArn": daemon["daemonArn"],
        "daemonTaskDefinitionArn": each["definition"],
        "createdAt": each["at"],
        "containerImages": images,
    }


def _running(call: Call, daemon: Json, provider_arn: str) -> int:
    cluster = call.state.cluster(call.scope, daemon["clusterArn"].rpartition("/")[2])
    return sum(each.capacity_provider == short(provider_arn) for each in cluster.instances.values())


def _check_providers(call: Call, cluster: str, arns: list[str]) -> None:
    for arn in arns:
        provider = call.region.capacity_providers.get(short(arn))
        if provider is None or not provider.managed_instances or provider.cluster != cluster:
            raise invalid(f"The capacity provider {arn} is not one of Managed Instances of the cluster {cluster}.")


def _definition(call: Call, reference: str) -> Json:
    arn = reference if reference.startswith("arn:") else call.arn(f"daemon-task-definition/{reference}")
    definition = call.region.daemon_definitions.get(arn)
    if definition is None:
        raise client_error("The specified daemon task definition does not exist.")
    return definition


def _daemon(call: Call, arn: str) -> Json:
    daemon = call.region.daemons.get(arn)
    if daemon is None:
        raise EcsError("DaemonNotFoundException", "Daemon not found.")
    return daemon


def _missing(arns: list[str], known: Json) -> list[Json]:
    return [missing(arn) for arn in arns if arn not in known]


OPERATIONS: dict[str, Handler] = {
    "CreateDaemon": create_daemon,
    "DeleteDaemon": delete_daemon,
    "DeleteDaemonTaskDefinition": delete_definition,
    "DescribeDaemon": describe_daemon,
    "DescribeDaemonDeployments": describe_deployments,
    "DescribeDaemonRevisions": describe_revisions,
    "DescribeDaemonTaskDefinition": describe_definition,
    "ListDaemonDeployments": list_deployments,
    "ListDaemonTaskDefinitions": list_definitions,
    "ListDaemons": list_daemons,
    "RegisterDaemonTaskDefinition": register_definition,
    "UpdateDaemon": update_daemon,
}
