"""What the services app knows of the things that calls name: which services and standalone tasks use them, what the
subject of a call names today, and whose traffic a listener rule takes."""
