"""Which phase an account is in, why, and what opens when."""
