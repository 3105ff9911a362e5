"""The product's settings, with the temporary servers of a bench run."""

from ecsdash.bench import environment as environment  # isort: skip  (first: it sets what the settings read)

from ecsdash.settings import *  # noqa: F403
