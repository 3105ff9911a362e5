"""Faults of everything that an installation stands on, while operations run: what is lost, what happens twice."""
