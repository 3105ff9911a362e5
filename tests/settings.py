"""The product's own settings on the servers of this test run, with the example app; only what would slow tests down is
replaced."""

from tests import environment as environment  # isort: skip  (first: it sets what the settings read)

from ecsdash.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.example"]  # noqa: F405
ROOT_URLCONF = "tests.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # each test client would list all static files
REVIEW_FRESH_SECONDS = 3600  # no worker reads what a review is made from, except in its own tests
