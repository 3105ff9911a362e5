"""Sweeps from AWS into the inventory, one module per noun."""
