"""`/metrics` for Prometheus: read from the database and from Redis when it is asked for, so every web process gives the
same answer. Counters of processes are added up in Redis (ecsdash.web.process_counters)."""
