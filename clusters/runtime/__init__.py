"""Conditions, look-ups, readers and live checks of clusters: the runner calls them while a plan runs."""
