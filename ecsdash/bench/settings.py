"""The product's own settings, on the throw-away servers of a command that needs no installation."""

from ecsdash.bench import surroundings as surroundings  # isort: skip  (first: the settings read what it sets)

from ecsdash.settings import *  # noqa: F403
