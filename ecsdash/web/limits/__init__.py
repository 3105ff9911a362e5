"""Limits of requests before Django: what clients without a session may take of a web process."""
