"""What platforms tell by themselves: received, proven, kept once, and passed on by jobs."""
