from ecsdash.sandbox.ecs.call import Call, Handler
from ecsdash.sandbox.ecs.errors import invalid
from ecsdash.sandbox.ecs.models import Json
from ecsdash.sandbox.ecs.paging import page

_DEFAULTS = {
    "awsvpcTrunking": "disabled",
    "containerInsights": "disabled",
    "fargateEventWindows": "disabled",
    "containerInstanceLongArnFormat": "enabled",
    "defaultLogDriverMode": "non-blocking",
    "fargateFIPSMode": "disabled",
    "fargateTaskRetirementWaitPeriod": "7",
    "guardDutyActivate": "off",
    "serviceLongArnFormat": "enabled",
    "tagResourceAuthorization": "off",
    "taskLongArnFormat": "enabled",
}
_VALUES = {
    "awsvpcTrunking": ("enabled", "disabled"),
    "containerInsights": ("enabled", "disabled", "enhanced"),
    "fargateEventWindows": ("enabled", "disabled"),
    "containerInstanceLongArnFormat": ("enabled",),
    "defaultLogDriverMode": ("blocking", "non-blocking"),
    "fargateFIPSMode": ("enabled", "disabled"),
    "fargateTaskRetirementWaitPeriod": ("0", "7", "14"),
    "guardDutyActivate": (),
    "serviceLongArnFormat": ("enabled",),
    "tagResourceAuthorization": ("on", "off"),
    "taskLongArnFormat": ("enabled",),
}


def list_account_settings(call: Call, params: Json) -> Json:
    principal = params.get("principalArn", call.caller)
    own = {k.rsplit(" ", 1)[1]: v for k, v in call.region.settings.items() if k.startswith(f"{principal} ")}
    account = {k.strip(): v for k, v in call.region.settings.items() if k.startswith(" ")}
    known = account | own if params.get("effectiveSettings") else own
    if params.get("effectiveSettings"):
        known = {name: _setting(name, value, principal) for name, value in _DEFAULTS.items()} | known
    shown = [
        (name, setting)
        for name, setting in sorted(known.items())
        if params.get("name") in (None, name) and params.get("value") in (None, setting["value"])
    ]
    settings, token = page(shown, params, default=10, maximum=10)
    return {"settings": settings, **token}


def effective(call: Call, name: str) -> str:
    """Return the value of a setting for the caller: its own, else that of the account, else the default of AWS."""
    for principal in (call.caller, ""):
        if setting := call.region.settings.get(f"{principal} {name}"):
            return str(setting["value"])
    return _DEFAULTS[name]


def put_account_setting(call: Call, params: Json) -> Json:
    return _put(call, params, params.get("principalArn", call.caller))


def put_account_setting_default(call: Call, params: Json) -> Json:
    return _put(call, params, "")


def delete_account_setting(call: Call, params: Json) -> Json:
    principal, name = params.get("principalArn", call.caller), params["name"]
    call.region.settings.pop(f"{principal} {name}", None)
    return {"setting": _setting(name, _DEFAULTS.get(name, ""), principal)}


def _put(call: Call, params: Json, principal: str) -> Json:
    name, value = params["name"], params["value"]
    if value not in _VALUES.get(name, ()):
        raise invalid(f"The value {value} is not valid for the account setting {name}.")
    setting = _setting(name, value, principal or call.scope.iam_arn("root"))
    call.region.settings[f"{principal} {name}"] = setting
    return {"setting": setting}


def _setting(name: str, value: str, principal: str) -> Json:
    kind = "aws_managed" if name == "guardDutyActivate" else "user"
    return {"name": name, "value": value, "principalArn": principal, "type": kind}


OPERATIONS: dict[str, Handler] = {
    "ListAccountSettings": list_account_settings,
    "PutAccountSetting": put_account_setting,
    "PutAccountSettingDefault": put_account_setting_default,
    "DeleteAccountSetting": delete_account_setting,
}
