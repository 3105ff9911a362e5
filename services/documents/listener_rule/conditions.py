"""Conditions of a listener rule. Stored: [{"field", "values"}], with "name" for HTTP headers, and "regex" for values
that are regular expressions. A request matches if each condition has a value that matches."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import ip_network
from typing import Any, Final

from ecsdash.masking import fingerprint, is_fingerprint, names_secret
from services.documents.listener_rule.patterns import contains, meet

Json = Mapping[str, Any]
HOST, PATH, HEADER = "host-header", "path-pattern", "http-header"
QUERY, METHOD, SOURCE = "query-string", "http-request-method", "source-ip"
#: The member of each condition in the API, and its name on pages.
CONFIGS: Final = {
    HOST: ("HostHeaderConfig", "Host name"),
    PATH: ("PathPatternConfig", "Path"),
    HEADER: ("HttpHeaderConfig", "HTTP header"),
    QUERY: ("QueryStringConfig", "Query string"),
    METHOD: ("HttpRequestMethodConfig", "Request method"),
    SOURCE: ("SourceIpConfig", "Source IP address"),
}
#: Fields whose values have wildcards. Paths and methods are compared with their case.
PATTERNS: Final = (HOST, PATH, HEADER, QUERY)
EXACT: Final = (PATH, METHOD)


def stored(conditions: Iterable[Json]) -> list[dict[str, Any]]:
    """Return conditions of the API as they are stored."""
    return conceal([_stored(each) for each in conditions])


def conceal(conditions: Iterable[Json]) -> list[dict[str, Any]]:
    """Return the conditions in their usual order, with fingerprints for values that may be credentials: those of HTTP
    headers (a CDN proves itself by one), and of parameters with a secret's name."""
    concealed = (
        {**each, "values": [_concealed(each["field"], value) for value in each["values"]]} for each in conditions
    )
    return sorted(concealed, key=_order)


def _order(condition: Json) -> tuple[int, str, list[str]]:
    number = [*CONFIGS, condition["field"]].index(condition["field"])
    return number, condition.get("name", "").lower(), condition["values"]


def _concealed(field: str, value: str) -> str:
    key, given, text = value.partition("=")
    if field == QUERY and given and names_secret(key):
        return f"{key}={fingerprint(text)}"
    return fingerprint(value) if field == HEADER else value


def _stored(condition: Json) -> dict[str, Any]:
    field = str(condition.get("Field") or next((each for each in CONFIGS if CONFIGS[each][0] in condition), ""))
    config: Json = condition.get(CONFIGS[field][0]) or {} if field in CONFIGS else {}
    values = config.get("Values") or condition.get("Values") or []
    regex = config.get("RegexValues") or condition.get("RegexValues")
    name = {"name": config.get("HttpHeaderName", "")} if field == HEADER else {}
    expressions = {"regex": [fingerprint(each) if field == HEADER else each for each in regex]} if regex else {}
    return {"field": field, **name, "values": [_stored_value(field, each) for each in values], **expressions}


def _stored_value(field: str, value: Any) -> str:
    if field != QUERY:
        return str(value)
    key, text = str(value.get("Key") or ""), str(value.get("Value", ""))
    return f"{key}={text}" if key else text


def parameters(conditions: Iterable[Json]) -> list[dict[str, Any]]:
    """Return stored conditions as the API takes them."""
    return [_parameter(each) for each in conditions]


def _parameter(condition: Json) -> dict[str, Any]:
    field = condition["field"]
    values = [_query(each) for each in condition["values"]] if field == QUERY else list(condition["values"])
    name = {"HttpHeaderName": condition["name"]} if field == HEADER else {}
    return {"Field": field, CONFIGS[field][0]: {**name, "Values": values}}


def _query(value: str) -> dict[str, str]:
    key, given, text = value.partition("=")
    return {"Key": key, "Value": text} if given else {"Value": key}


def hidden(conditions: Iterable[Json]) -> bool:
    """Return whether a value is known by its fingerprint only, so that the conditions cannot be sent to AWS."""
    return any(is_fingerprint(value.rpartition("=")[2]) for each in conditions for value in each["values"])


def known(conditions: Iterable[Json]) -> bool:
    """Return whether the form can hold the conditions: no regular expressions, and no field that is new."""
    return all(each["field"] in CONFIGS and not each.get("regex") for each in conditions)


def words(conditions: Sequence[Json]) -> str:
    """Return the conditions as text: `shop.example /api/*, method GET or HEAD`."""
    listed = sorted(conditions, key=_order)
    plain = [" or ".join(_values(each)) for each in listed if each["field"] in (HOST, PATH)]
    others = [_words(each) for each in listed if each["field"] not in (HOST, PATH)]
    return ", ".join([*([" ".join(plain)] if plain else []), *others]) or "every request"


def _values(condition: Json) -> list[str]:
    return [*condition["values"], *(f"~{each}" for each in condition.get("regex", ()))]


def _words(condition: Json) -> str:
    labels = {HEADER: f"header {condition.get('name', '')}:", QUERY: "query", METHOD: "method", SOURCE: "from"}
    return f"{labels.get(condition['field'], condition['field'])} {' or '.join(_values(condition))}".strip()


def covers(first: Sequence[Json], second: Sequence[Json]) -> bool:
    """Return whether every request that matches the conditions `second` matches `first`. No if it is not certain."""
    return all(any(_contains(each, other) for other in second) for each in first)


def overlap(first: Sequence[Json], second: Sequence[Json]) -> bool:
    """Return whether a request may match both. Conditions on different fields never exclude each other."""
    return all(_meet(each, other) for each in first for other in second if _same_field(each, other))


def _contains(condition: Json, other: Json) -> bool:
    if not _same_field(condition, other) or condition.get("regex") or other.get("regex"):
        return False
    compare = _comparison(condition["field"], contains, _within)
    return all(any(compare(one, each) for one in condition["values"]) for each in other["values"])


def _meet(condition: Json, other: Json) -> bool:
    if condition["field"] == HEADER or condition.get("regex") or other.get("regex"):
        return True
    compare = _comparison(condition["field"], meet, _share)
    return any(compare(one, each) for one in condition["values"] for each in other["values"])


def _same_field(condition: Json, other: Json) -> bool:
    same = condition["field"] == other["field"]
    return bool(same and condition.get("name", "").lower() == other.get("name", "").lower())


def _comparison(
    field: str, patterns: Callable[[str, str], bool], networks: Callable[[str, str], bool]
) -> Callable[[str, str], bool]:
    if field == SOURCE:
        return networks
    compare = patterns if field in PATTERNS else str.__eq__
    return compare if field in EXACT else lambda one, other: compare(one.lower(), other.lower())


def _within(network: str, other: str) -> bool:
    """Return whether all addresses of `other` (CIDR notation) are in the network."""
    try:
        first, second = ip_network(network, strict=False), ip_network(other, strict=False)
    except ValueError:
        return network == other
    return first.version == second.version and second.subnet_of(first)  # type: ignore[arg-type]


def _share(network: str, other: str) -> bool:
    return _within(network, other) or _within(other, network)
