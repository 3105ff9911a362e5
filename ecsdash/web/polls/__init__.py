"""Answering polls for next to nothing: what has not changed, and what was already rendered for somebody like you."""
