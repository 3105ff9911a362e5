"""Backup of the database into one signed archive, and restore into an empty database."""
