"""AWS -> inventory, one module per noun."""
