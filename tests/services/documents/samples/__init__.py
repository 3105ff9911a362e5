"""Documents that ECS takes or refuses, with the place and words of the finding."""
