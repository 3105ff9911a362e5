"""Whole applications from one form: their plans, put together from the same calls as the actions make by hand."""
