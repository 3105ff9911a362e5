"""Shared code of the commands in bin/: installation, servers, processes."""
