"""Queries, one module per noun. Each begins with what the user may see."""
