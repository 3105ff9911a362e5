"""The product's settings with the servers of this test run. Only slow settings are replaced."""

from tests import environment as environment  # isort: skip  (first: it sets what the settings read)

from ecsdash.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
