"""The product's own settings on the servers of this test run; only what would slow tests down is replaced."""

from tests import environment as environment  # isort: skip  (first: the settings read what it sets)

from ecsdash.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
