"""Queries, one module per noun. Each is limited to the rows that the user may see."""
