"""A small app made by the README's lists "How to add", and by nothing else: ECS account settings."""
