"""`{% load access %}`: texts about grants."""

from django import template

from ecsdash.access import grant_texts

register = template.Library()
register.filter("capabilities", grant_texts.capabilities_of)
register.filter("passed_roles", grant_texts.passed_roles_of)
