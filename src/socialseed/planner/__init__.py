"""Each account's day: when to ask for which action."""
