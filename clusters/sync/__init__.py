"""The sweeps and records of clusters: from AWS to the inventory."""
