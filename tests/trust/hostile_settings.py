"""The product's own settings with the example app, for `python -m tests.trust.hostile_runner`."""

from ecsdash.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.example"]  # noqa: F405
ROOT_URLCONF = "tests.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
#: The tables are made from the models: the requests need no more of the migrations, which take longer than them.
MIGRATION_MODULES = {app.rpartition(".")[2]: None for app in INSTALLED_APPS}
