"""What the runner asks AWS while a plan runs: conditions, look-ups, readers and live checks, one module per noun."""
