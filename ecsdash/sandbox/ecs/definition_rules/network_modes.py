"""What each network mode excludes, and the App Mesh proxy."""

from ecsdash.sandbox.ecs.errors import client_error
from ecsdash.sandbox.ecs.models import Json

_NOT_IN_AWSVPC = {
    "hostname": "hostname is not supported on container when networkMode=awsvpc.",
    "links": "Links are not supported when networkMode=awsvpc.",
    "extraHosts": "Extra hosts are not supported on container when networkMode=awsvpc.",
    "dnsServers": "DNS servers are not supported on container when networkMode=awsvpc.",
    "dnsSearchDomains": "DNS search domains are not supported on container when networkMode=awsvpc.",
    "disableNetworking": "Disable Networking is not supported on container when networkMode=awsvpc.",
}
_PROXY_PROPERTIES = ("ProxyIngressPort", "ProxyEgressPort", "AppPorts")


def check(params: Json) -> None:
    mode = params.get("networkMode", "bridge")
    for container in params["containerDefinitions"]:
        for member, message in _NOT_IN_AWSVPC.items():
            if mode == "awsvpc" and container.get(member):
                raise client_error(message)
        if mode in ("host", "none") and container.get("links"):
            raise client_error(f"Links are not supported when networkMode={mode}.")
    if params.get("enableFaultInjection") and mode not in ("awsvpc", "host"):
        raise client_error("enableFaultInjection is only supported when networkMode is awsvpc or host.")
    _check_proxy(params, mode)


def _check_proxy(params: Json, mode: str) -> None:
    proxy = params.get("proxyConfiguration")
    if proxy is None:
        return
    if mode != "awsvpc":
        raise client_error("APPMESH proxy configuration is only supported in networkMode=awsvpc")
    if proxy["containerName"] not in [container["name"] for container in params["containerDefinitions"]]:
        raise client_error(f"Proxy container [{proxy['containerName']}] does not exist.")
    given = {item.get("name") for item in proxy.get("properties", [])}
    for name in _PROXY_PROPERTIES:
        if name not in given:
            raise client_error(f"APPMESH proxy configuration requires the property {name}.")
    if not given & {"IgnoredUID", "IgnoredGID"}:
        raise client_error("APPMESH proxy configuration requires the property IgnoredUID or IgnoredGID.")
