"""What a deployment configuration makes ECS do: its stages and their times."""
