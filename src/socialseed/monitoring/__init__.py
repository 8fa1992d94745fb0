"""Health of the platforms and of ourselves."""
