"""Services and workflows on a real Postgres."""
