"""Hooks of the runner that call AWS: conditions, look-ups, readers and live checks, one module per noun."""
