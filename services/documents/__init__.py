"""Documents: what ECS takes as JSON (task definition, service), held as a plain dict of the API's own members."""
