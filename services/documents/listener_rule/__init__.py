"""Rules of listeners as data: what they match, what they do, and which of two rules takes a request."""
