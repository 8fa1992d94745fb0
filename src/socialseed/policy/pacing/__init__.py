"""Limits, and when within the day the next action may go out."""
