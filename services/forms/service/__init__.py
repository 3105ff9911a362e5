"""The form of a service, for its creation and for every later change: one document, as fields and as JSON."""
