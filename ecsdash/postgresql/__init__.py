"""Django's PostgreSQL backend with a connection pool that fails at once while the database is not available."""
