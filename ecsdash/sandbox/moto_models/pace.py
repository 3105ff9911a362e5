"""What moto finds out anew at each request, found out once."""

from functools import cache

from moto.core.utils import method_names_from_class

method_names = cache(method_names_from_class)
