"""Headers of every response of a view: nothing is stored by browsers and proxies, and pages use no device."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

OWN: Final = ("clipboard-write", "fullscreen", "publickey-credentials-create", "publickey-credentials-get")
NONE: Final = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture",
    "encrypted-media", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer",
    "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS: Final = ", ".join([*(f"{name}=(self)" for name in OWN), *(f"{name}=()" for name in NONE)])


class PrivateHeaders:
    """Inside of WhiteNoise, so that static files stay cached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS
        response["Cache-Control"] = "no-store"
        return response
