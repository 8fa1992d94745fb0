"""Our own connected accounts: credentials, phase, health."""
