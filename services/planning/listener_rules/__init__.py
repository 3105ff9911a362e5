"""Rules of listeners that exist: who gets which requests before and after a change, its checks and its steps."""
