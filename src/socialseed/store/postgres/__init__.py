"""The forgetful ports on PostgreSQL: fixed windows in an unlogged table, LISTEN/NOTIFY."""
