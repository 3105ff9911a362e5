"""JSON documents that ECS takes (task definition, service), each a plain dict of the API's own members."""
