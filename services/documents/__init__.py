"""JSON documents that ECS takes: task definitions, services, tasks to run. Nothing here reads the database."""
