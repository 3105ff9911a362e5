"""Blueprints: plans that create a whole application from one form."""
