"""Verdicts: why a task stopped, a service cannot move or a deployment failed. Pure functions over observed facts."""
