"""The processes: HTTP, worker, command line, embedded database. No logic."""
