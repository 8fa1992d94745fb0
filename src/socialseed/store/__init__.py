"""Rate limits, fan-out and cache behind ports: PostgreSQL by default, Redis where there is one."""
