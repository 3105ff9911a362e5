from ecsdash.sandbox.ecs import quotas
from ecsdash.sandbox.ecs.call import Call, Handler, compact
from ecsdash.sandbox.ecs.errors import EcsError, invalid
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Json
from ecsdash.sandbox.ecs.paging import page
from ecsdash.sandbox.ecs.state import short


def put_attributes(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    for attribute in params["attributes"]:
        if attribute["name"].startswith("ecs."):
            raise invalid("Attribute names with the prefix ecs. are reserved.")
        known = _target(cluster, attribute).attributes
        custom = {name for name in known if "ecs." not in name} | {attribute["name"]}
        quotas.check_attributes(len(custom))
        known[attribute["name"]] = attribute.get("value", "")
    return {"attributes": params["attributes"]}


def delete_attributes(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    for attribute in params["attributes"]:
        _target(cluster, attribute).attributes.pop(attribute["name"], None)
    return {"attributes": params["attributes"]}


def list_attributes(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    wanted_name, wanted_value = params.get("attributeName"), params.get("attributeValue")
    found = []
    for instance in cluster.instances.values():
        for name, value in instance.attributes.items():
            if wanted_name in (None, name) and wanted_value in (None, value):
                shown = compact({"name": name, "value": value, "targetId": instance.arn})
                found.append((f"{instance.arn} {name}", shown))
    attributes, token = page(sorted(found, key=lambda item: item[0]), params, default=100)
    return {"attributes": attributes, **token}


def _target(cluster: Cluster, attribute: Json) -> ContainerInstance:
    instance = cluster.instances.get(short(attribute.get("targetId", "")))
    if instance is None:
        raise EcsError("TargetNotFoundException", "The specified target wasn't found.")
    return instance


OPERATIONS: dict[str, Handler] = {
    "PutAttributes": put_attributes,
    "DeleteAttributes": delete_attributes,
    "ListAttributes": list_attributes,
}
