"""JSON documents of the ECS API as the state of a form: their places and what is wrong at them."""
